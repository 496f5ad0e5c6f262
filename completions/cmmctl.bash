_cmmctl_completion() {
    local IFS=$'
'
    COMPREPLY=( $( env COMP_WORDS="${COMP_WORDS[*]}" \
                   COMP_CWORD=$COMP_CWORD COMP_TYPE=$COMP_TYPE \
                   _CMMCTL_COMPLETE=complete_bash $1 ) )
    return 0
}

complete -o default -F _cmmctl_completion cmmctl

#compdef cmmctl

_cmmctl_completion() {
  eval $(env _TYPER_COMPLETE_ARGS="${words[1,$CURRENT]}" _CMMCTL_COMPLETE=complete_zsh cmmctl)
}

compdef _cmmctl_completion cmmctl

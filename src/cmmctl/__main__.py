"""`python -m cmmctl`: the way in where scripts are not on the PATH."""

from cmmctl.cli import main

if __name__ == "__main__":
    main()

"""The way in: the script `cmmctl`, and `python -m cmmctl` where scripts are not on the PATH."""

import gc
import os
import sys
from contextlib import suppress


def main() -> None:
    """Run one command, and end without tidying up what the system takes back anyway.

    Looking for garbage and taking ten thousand records apart was a fifth of the time of a long record.
    """
    gc.disable()
    if "--short" in sys.argv:
        from cmmctl.commands import brief  # noqa: PLC0415 - without Typer and Rich

        if brief.said(sys.argv[1:]):
            os._exit(0)
    from cmmctl import cli  # noqa: PLC0415 - what it imports is most of what there is to look through

    try:
        cli.main()
    except SystemExit as end:
        for stream in (sys.stdout, sys.stderr):
            with suppress(AttributeError, OSError, ValueError):
                stream.flush()
        os._exit(end.code if isinstance(end.code, int) else 0)


if __name__ == "__main__":
    main()

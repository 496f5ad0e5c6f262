"""The way in: the script `cmmctl`, and `python -m cmmctl` where scripts are not on the PATH."""

import gc
import os
import sys


def main() -> None:
    """Run one command, and end without tidying up what the system takes back anyway.

    Looking for garbage and taking ten thousand records apart was a fifth of the time of a long record. Ctrl-C is
    answered from the first import to the last word; whatever comes after that is too late to stop anything.
    """
    code = 130
    try:
        gc.disable()
        from cmmctl import interrupts  # noqa: PLC0415 - from here on Ctrl-C strikes once

        interrupts.once()
        code = 0 if "--short" in sys.argv and _in_short() else _run()
        interrupts.never()
    except KeyboardInterrupt:
        _stopped()
    os._exit(code)


def _in_short() -> bool:
    """Answer a plain `status --short`, without Typer and Rich."""
    from cmmctl.commands import brief  # noqa: PLC0415 - in a shell's start-up file every moment counts

    return brief.said(sys.argv[1:])


def _run() -> int:
    """Run one command; give its exit code."""
    from contextlib import suppress  # noqa: PLC0415 - nothing is loaded before Ctrl-C is answered

    from cmmctl import cli  # noqa: PLC0415 - what it imports is most of what there is to look through

    code = 0
    try:
        cli.main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0
        for stream in (sys.stdout, sys.stderr):
            with suppress(AttributeError, OSError, ValueError):
                stream.flush()
    return code


def _stopped() -> None:
    """Answer a Ctrl-C that came before the command could, or after it."""
    from contextlib import suppress  # noqa: PLC0415 - as above

    from cmmctl import interrupts  # noqa: PLC0415 - as above

    interrupts.never()
    with suppress(OSError):
        os.write(2, f"\n{interrupts.truth()}\n".encode(errors="replace"))


if __name__ == "__main__":
    main()

"""The way in: the script `cmmctl`, and `python -m cmmctl` where scripts are not on the PATH."""

import gc


def main() -> None:
    """Run one command."""
    gc.disable()  # it is over before there is garbage worth looking for, and looking took a seventh of its time
    from cmmctl import cli  # noqa: PLC0415 - what it imports is most of what there is to look through

    cli.main()


if __name__ == "__main__":
    main()

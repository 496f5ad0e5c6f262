"""Names of files that every system accepts, and names that some systems take for one. Pure."""

import unicodedata

_FORBIDDEN = str.maketrans(dict.fromkeys([*map(chr, range(32)), *'<>:"/\\|?*'], "-"))  # in a name on Windows


def accepted(name: str) -> str:
    """Make a name one that Windows accepts too. It begins with a digit: `CON` and its like are no names there."""
    return name.translate(_FORBIDDEN).rstrip(". ")


def alike(name: str) -> str:
    """Give what is the same of two names that Windows or macOS take for one: letters, whatever their case and form."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())

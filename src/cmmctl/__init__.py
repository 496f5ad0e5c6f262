"""Keep a medical office manager's certification portfolio in one plain text file."""

__version__ = "0.1.0"

"""One function per command: five to twelve lines that ask the core and hand the answer to a renderer."""

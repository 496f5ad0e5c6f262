"""Documents as data: what they say is decided here, how they look by a renderer."""

"""Drawing: plain data in, text out."""

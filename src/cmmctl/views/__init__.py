"""Results as screens: sentences for people live here, and nothing is computed."""

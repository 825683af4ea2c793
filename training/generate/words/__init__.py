"""Word lists of our own."""

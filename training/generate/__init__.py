"""The training text generator: templates of our own filled from an invented world, with gold spans."""

"""Training of the tagger: text generator, data preparation, training, export. Not in the wheel."""

"""One reader and one writer for each interface, between its own JSON and `vocabulary.conversation`."""

"""Re-deriving decisions from the facts on record, with an engine that nobody here wrote."""

"""One file with all that an outsider needs to check a period of the log: docs/reference/evidence-bundle.md."""

"""One file each; it exports TOPIC."""

"""Outside anchors of checkpoints: timestamps, cosignatures and locked copies that a log's operator can't redo."""

"""Detection outside of requests: files on disk searched on all cores, and predictions measured against gold."""

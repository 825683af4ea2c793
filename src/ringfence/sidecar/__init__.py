"""Encrypted, expiring stores beside the ledger: requests for a reviewer, and whose data was in them."""

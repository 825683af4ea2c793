"""Forgetting what records commit to, on order and on record; and the legal holds that forbid it."""

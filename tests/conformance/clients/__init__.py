"""Clients of others in an environment of their own, driven over pipes."""

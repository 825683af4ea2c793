"""Requests on record as events for other tools, one file for each format. Never content, never leaf bytes."""

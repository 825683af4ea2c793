"""Exceptions: what two people signed to let through for a time, and what none can lift."""

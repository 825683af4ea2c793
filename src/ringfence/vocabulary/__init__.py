"""Frozen types that cross the doors between rooms, and the error tree. No logic, no I/O."""

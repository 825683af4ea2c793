"""The log in PostgreSQL, for many gateways that write one log: docs/reference/ledger-format.md, "In PostgreSQL".

`asyncpg` is imported only where a connection is made (session.py), because it is an extra.
"""

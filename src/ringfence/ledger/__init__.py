"""What was decided, made durable before it happens and provable afterwards: see docs/reference/ledger-format.md."""

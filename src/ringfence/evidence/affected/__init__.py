"""Who was affected by an incident: what the ledger, the register of that time and the sealed subjects say together."""

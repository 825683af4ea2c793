"""What follows from the register, the accounts and the ledger, for people outside: bundles that anybody can check."""

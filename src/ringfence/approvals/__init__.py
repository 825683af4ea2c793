"""People who may approve, and acts that need more than one of them."""

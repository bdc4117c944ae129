"""Where shipped code and its ledger are. All that a storage must be able to do is to put a file
once, completely, for exactly one of many who try."""

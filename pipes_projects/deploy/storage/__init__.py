"""Where shipped code and its ledger lie. All that is asked of a storage is that a file can be put
there once, whole, by exactly one of many."""

"""Cases k to p: the overhead of running scripts."""

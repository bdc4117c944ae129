"""Cases k to p: what it costs to run scripts, around the scripts themselves."""

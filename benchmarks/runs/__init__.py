"""Cases k, l and m: what it costs to run scripts, around the scripts themselves."""

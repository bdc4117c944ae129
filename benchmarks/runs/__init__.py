"""Cases k to n: what it costs to run scripts, around the scripts themselves."""

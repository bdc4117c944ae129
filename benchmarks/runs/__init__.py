"""Cases k to o: what it costs to run scripts, around the scripts themselves."""

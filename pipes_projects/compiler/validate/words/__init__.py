"""Unknown keys: what to write here for the words of other tools, or in other places."""

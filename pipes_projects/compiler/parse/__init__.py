"""YAML text → documents: plain data, and the place of every key and value in it."""

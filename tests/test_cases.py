"""Whole projects, each a folder in `cases`: what is said of the bad, what the good ones mean."""

"""Scripts that start more than themselves are ended at random moments, in every way."""

"""What came of a run: records of it, shown and remembered."""

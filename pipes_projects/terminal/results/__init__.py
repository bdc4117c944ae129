"""The results of a run: recorded, shown and remembered."""

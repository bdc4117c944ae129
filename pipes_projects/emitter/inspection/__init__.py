"""Reading a definitions file without loading its assets, and explaining what Dagster gets."""

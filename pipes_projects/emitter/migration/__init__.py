"""What another way to declare scripts has, read from what Dagster has loaded."""

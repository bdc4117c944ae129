"""A step of Dagster: runs a script, and settles what it reported."""

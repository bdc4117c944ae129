"""A Dagster step: runs a script, and settles what it reported."""

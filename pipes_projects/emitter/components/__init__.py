"""A project as a component of Dagster's `dg`."""

"""A compiled project and the owner's classes → what Dagster loads."""

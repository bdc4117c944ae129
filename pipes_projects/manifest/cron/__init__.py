"""Cron expressions: what they name, and when they tick, exactly as Dagster takes them."""

"""What a run reported, as events in Dagster's log: each once, as soon as it is known."""

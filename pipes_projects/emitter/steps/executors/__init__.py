"""What Dagster's executors leave to a step: to end with its run, and to know what the run asks."""

"""`pipes-projects run`: scripts run without Dagster."""

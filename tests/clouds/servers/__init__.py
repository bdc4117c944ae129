"""As much of these services as Dagster's clients ask; they run scripts here."""

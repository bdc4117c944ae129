"""What is done to text on its way out: made harmless for what shows it, and rid of secrets."""

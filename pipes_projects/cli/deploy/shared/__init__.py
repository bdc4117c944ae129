"""What the commands of `deploy` have in common."""

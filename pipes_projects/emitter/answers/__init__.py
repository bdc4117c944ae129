"""What the classes of a platform owner answer about a project, and what is wrong with it."""

"""What a platform owner's classes return for a project, and what is wrong with it."""

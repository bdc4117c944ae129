"""What differs between two pictures of a project, and what follows from it."""

"""`pipes-projects check`: the command, and what each of its options does."""

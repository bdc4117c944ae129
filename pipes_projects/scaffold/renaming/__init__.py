"""What `rename` does: what is meant, the plan of it in memory, and then all of it or nothing."""

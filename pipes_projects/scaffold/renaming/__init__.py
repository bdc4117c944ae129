"""What `rename` does: find what is meant, plan everything in memory, then do all of it or
nothing."""

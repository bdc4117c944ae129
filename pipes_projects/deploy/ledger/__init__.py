"""What was shipped, from which commit, by whom and where: numbered documents, never overwritten."""

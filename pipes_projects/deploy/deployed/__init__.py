"""What was shipped, for those who run it: a version, and the copies of its scripts."""

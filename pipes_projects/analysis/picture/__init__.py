"""One picture of a project for all readers: what assets there are, and where each value is from."""

"""The contract inside a project's schema: written, read back, and found for a project."""

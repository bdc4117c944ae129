"""What is asked of a compiled project: explanations, fixes, changes, quarantine."""

"""What commands ask about a compiled project: explanations, fixes, changes, quarantine."""

"""Slips that a YAML parser cannot name."""

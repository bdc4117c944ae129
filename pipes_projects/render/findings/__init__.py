"""Findings for each of their readers; one module a format."""

"""Findings for each kind of reader: one module for each format."""

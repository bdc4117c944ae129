"""Manifests from what another tool has: their text, with the comments, and what is written."""

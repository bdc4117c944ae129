"""JSON Schema for editors and CI, made from the models, and the contract inside it."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]
"""A JSON Schema, as plain data."""

"""Who may run a file."""

from __future__ import annotations


def executable_bits(mode: int) -> int:
    """The bits that let whoever may read a file run it."""
    return (mode & 0o444) >> 2

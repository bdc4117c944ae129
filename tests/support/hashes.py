"""Hashes of contents."""

from collections.abc import Mapping
from hashlib import sha256


def hashes_of(files: Mapping[str, bytes]) -> dict[str, str]:
    """The SHA-256 of each file."""
    return {path: sha256(data).hexdigest() for path, data in files.items()}

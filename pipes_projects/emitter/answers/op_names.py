"""The name of each script's step: readable, and unique in the project."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import sha256

from pipes_projects.project import Script


def op_names(scripts: Sequence[Script]) -> dict[str, str]:
    """By script: `{group}__{script}`, with its folders or a hash if that is not unique."""
    short = {s.name: f"{s.group}__{s.name.rpartition('/')[2]}" for s in scripts}
    names = {name: _clean(text) for name, text in short.items()}
    names |= {name: _clean(name.replace("/", "__")) for name in _ambiguous(names)}
    names |= {name: f"{names[name]}_{_hash(name)}" for name in _ambiguous(names)}
    return names


def _clean(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_]", "_", name)


def _hash(name: str) -> str:
    return sha256(name.encode()).hexdigest()[:8]


def _ambiguous(names: dict[str, str]) -> Iterable[str]:
    count = Counter(names.values())
    return [name for name, short in names.items() if count[short] > 1]

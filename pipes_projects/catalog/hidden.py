"""Values of secrets, as far as they are known here: wherever they are written, they are masked."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from pipes_projects.analysis.picture.model import Picture
from pipes_projects.kinds.connections import variable_of
from pipes_projects.manifest.contract import Contract
from pipes_projects.running.connections import read
from pipes_projects.terminal.dotenv import variables
from pipes_projects.text.masking import DataMasking

SHORTEST: Final = 6
"""Shorter values could be anything."""
Mask = Callable[[Any], Any]


def mask_of(picture: Picture, contract: Contract, root: Path) -> Mask:
    """What takes them out of text and data.

    Known are secrets that manifests name, and connections that the owner publishes, which have a
    value in this environment or in `.env`: there people have them who run scripts. Raises
    `EnvError` if that cannot be read: its values could not be masked.
    """
    known = {**os.environ, **variables(root)}
    secrets = {*_secrets(picture, known), *_of_connections(contract, known)}
    long = sorted(secret for secret in secrets if len(secret) >= SHORTEST)
    return DataMasking(long) if long else lambda value: value


def _secrets(picture: Picture, known: Mapping[str, str]) -> Iterator[str]:
    for script in picture.compilation.project.scripts:
        for secret in script.fields.secrets or ():
            yield from (known[name] for name in (secret.name, secret.known_as) if name in known)


def _of_connections(contract: Contract, known: Mapping[str, str]) -> Iterator[str]:
    for name, connection in contract.connections.items():
        text = known.get(connection.variable or variable_of(name))
        if text:
            yield from read(text).secrets

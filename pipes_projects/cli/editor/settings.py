"""The editor settings of a project: adds or shows what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from pipes_projects.cli.streams import say, show
from pipes_projects.disk.boundary import BoundaryError, LeadsOutError
from pipes_projects.disk.writing import current, may_be_written, write
from pipes_projects.scaffold.editors import by_hand, merged, merges


class _Wiring(NamedTuple):
    """A file, and what it would contain; or why only its author can add what it needs."""

    name: str
    text: str
    refusal: str | None = None


def wire(root: Path, defs: str) -> None:
    """Write what is missing, and say what was done about each file."""
    for wiring in _wirings(root, defs):
        path = root / wiring.name
        there = path.exists()
        if wiring.refusal:
            _tell_by_hand(path, wiring)
        elif not write(root, wiring.name, wiring.text):
            say(f"kept  {path}, which needs no change")
        else:
            say(f"added to {path}" if there else f"wrote {path}")


def wired(root: Path, defs: str) -> dict[str, str]:
    """What the files would then contain, by path; says what can only be added by hand."""
    wirings = list(_wirings(root, defs))
    for wiring in wirings:
        if wiring.refusal:
            _tell_by_hand(root / wiring.name, wiring)
    return {wiring.name: wiring.text for wiring in wirings if not wiring.refusal}


def _wirings(root: Path, defs: str) -> Iterator[_Wiring]:
    for name in merges(defs):
        try:
            before = current(root, name)
            text = merged(name, before or "", defs)
        except LeadsOutError:
            yield _Wiring(name, by_hand(name, defs), "leads out of the project")
            continue
        except BoundaryError as error:
            yield _Wiring(name, by_hand(name, defs), f"cannot be read: {error}")
            continue
        except (OSError, UnicodeDecodeError):
            text = None
        if text is None:
            yield _Wiring(name, by_hand(name, defs), "could not be parsed")
        elif text != before and not may_be_written(root / name):
            yield _Wiring(name, by_hand(name, defs), "is read-only")
        else:
            yield _Wiring(name, text)


def _tell_by_hand(path: Path, wiring: _Wiring) -> None:
    say(f"kept  {path}, which {wiring.refusal}; add this by hand:")
    show("".join(f"  {line}\n" for line in wiring.text.splitlines()))

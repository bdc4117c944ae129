"""What is wrong with a project, for the page: findings, and the assets that each concerns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipes_projects.analysis.picture.model import Picture
from pipes_projects.diagnostics import Diagnostic


def findings_of(picture: Picture) -> list[dict[str, Any]]:
    """Every finding that `check` reports."""
    return [_finding(found) for found in picture.compilation.diagnostics]


def _finding(found: Diagnostic) -> dict[str, Any]:
    return {
        "code": found.code.value,
        "severity": found.severity.value,
        "message": found.message,
        "path": found.location.path,
        "line": found.location.span.start.line + 1,
        **({"help": found.help} if found.help else {}),
        **({"related": list(_related(found))} if found.related else {}),
    }


def _related(found: Diagnostic) -> Iterator[list[Any]]:
    for related in found.related:
        yield [related.location.path, related.location.span.start.line + 1, related.message]

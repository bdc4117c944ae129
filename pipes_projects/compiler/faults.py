"""Which words are at fault, where values that were merged are wrong only together."""

from __future__ import annotations

from collections.abc import Iterable

from pipes_projects.compiler.document import Document, KeyPath
from pipes_projects.compiler.inheritance import Layer, Origins, merged
from pipes_projects.compiler.policies import policy_problems
from pipes_projects.diagnostics import Related
from pipes_projects.manifest.problems import Problem
from pipes_projects.source import Location

Fault = tuple[Location, tuple[Related, ...]]


def fault(problem: Problem, path: KeyPath, origin: Origins, document: Document) -> Fault:
    """The manifest's own words, with what it inherits beside them; the defaults' where those are
    wrong by themselves."""
    place = origin(*path)
    own = tuple(layer for layer in origin.layers if layer.document is document)
    far = [layer for layer in origin.layers if layer.document is not document]
    if place.path == document.source.path or _is_wrong_alone(problem, far):
        return place, ()
    here = Origins(own)
    cuts = (path[:end] for end in range(len(path), 0, -1))
    said: Iterable[KeyPath] = (it for it in cuts if here.says(*it))
    return here(*next(iter(said), ())), (Related(place, "this is inherited"),)


def _is_wrong_alone(problem: Problem, far: list[Layer]) -> bool:
    return bool(far) and problem in policy_problems(merged(far))

"""Which assets a text selects, in Dagster's own language, answered from manifests alone."""

from __future__ import annotations

from typing import NamedTuple

from pipes_projects.analysis.selection.advice import unknown_keys, why_nothing
from pipes_projects.analysis.selection.expressions import Expression, SelectionProblem
from pipes_projects.analysis.selection.grammar import parse
from pipes_projects.analysis.selection.graph import Graph, graph_of
from pipes_projects.analysis.selection.names import bare_name
from pipes_projects.analysis.selection.paths import path_problem, scripts_at
from pipes_projects.analysis.selection.resolving import resolve
from pipes_projects.project import Project

__all__ = ["Selection", "SelectionProblem", "select"]


class Selection(NamedTuple):
    """The assets that a text selects; none if there are problems."""

    keys: tuple[str, ...] = ()
    """Assets that manifests declare, in the order of the project."""
    problems: tuple[SelectionProblem, ...] = ()


def select(project: Project, text: str, here: str = "", root: str = "") -> Selection:
    """The assets that an expression selects, or those of a script or manifest given by path.

    Paths are relative to the folder `here`, or else to the project, whose folder is `root`; both
    are absolute, or left out if paths are already relative to the project.
    """
    if scripts := scripts_at(project, text, here, root):
        return Selection(tuple(asset.key for script in scripts for asset in script.assets))
    expression = parse(text)
    if isinstance(expression, SelectionProblem):
        problem = path_problem(project, text, here, root) or bare_name(project, text, here, root)
        return Selection(problems=(problem or expression,))
    graph = graph_of(project)
    if unknown := tuple(unknown_keys(expression, graph, project)):
        return Selection(problems=unknown)
    return _selected(expression, text, graph, project)


def _selected(expression: Expression, text: str, graph: Graph, project: Project) -> Selection:
    found = resolve(expression, graph)
    keys = [asset.key for asset in project.assets() if asset.key in found]
    if keys:
        return Selection(tuple(dict.fromkeys(keys)))
    if found:
        message = f"`{min(found)}` is made by Python definitions, which only Dagster runs"
        help_ = f'what is made from it is `key:"{min(found)}"+`'
        return Selection(problems=(SelectionProblem(message, help_, 0),))
    return Selection(problems=(why_nothing(expression, text, graph, project),))

"""What the user wants to run → a plan, or why there is none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import click

from pipes_projects.analysis.picture.unreadable import selectable
from pipes_projects.analysis.quarantine import Isolation, isolate
from pipes_projects.cli.project import compiled, selected
from pipes_projects.compiler import Compilation
from pipes_projects.diagnostics import Diagnostic
from pipes_projects.layout import Layout
from pipes_projects.partitions import PartitionProblem
from pipes_projects.project import Project, Script
from pipes_projects.terminal.job import can_launch
from pipes_projects.terminal.planning.again import Again, again
from pipes_projects.terminal.planning.parameters import problems_of, values_of
from pipes_projects.terminal.planning.partitions import WantedPartitions, slices_of
from pipes_projects.terminal.planning.plan import RunPlan, plan
from pipes_projects.terminal.results.history import history
from pipes_projects.terminal.steps import Slice


class RunRequest(NamedTuple):
    """The command's options that say what to run."""

    selection: str = ""
    params: Mapping[str, str] = {}
    wanted: WantedPartitions = WantedPartitions()
    last_failed: bool = False
    only: frozenset[str] | None = None
    """Which of the selected assets to run, as far as a change or the history decides that; all of
    them by default."""


class Chosen(NamedTuple):
    """The assets that are selected, and the scripts that make them."""

    compilation: Compilation
    project: Project
    """Without anything that has errors."""
    keys: frozenset[str]
    scripts: tuple[Script, ...]
    wanted: WantedPartitions = WantedPartitions()
    isolation: Isolation | None = None
    notes: tuple[str, ...] = ()
    """What there is to say about the choice."""

    @property
    def broken(self) -> tuple[str, ...]:
        """Selected assets whose manifests have errors."""
        known = self.isolation.placeholders if self.isolation else {}
        return tuple(key for key in sorted(self.keys) if key in known)

    def errors(self) -> list[Diagnostic]:
        """What is wrong with them, each error once."""
        known = self.isolation.placeholders if self.isolation else {}
        return list(
            {
                id(diagnostic): diagnostic
                for key in self.broken
                for diagnostic in known[key].diagnostics
            }.values()
        )


class Planned(NamedTuple):
    """What can be run, and from which project."""

    plan: RunPlan
    chosen: Chosen


def chosen(layout: Layout, request: RunRequest) -> Chosen:
    """What is selected; a usage error if nothing is, or if parameters are wrong."""
    compilation = compiled(layout)
    isolation = _isolation(layout, compilation)
    project = isolation.project if isolation else compilation.project
    failed = again(compilation.project, history(layout.root)) if request.last_failed else Again({})
    request = _of_history(request, failed, isolation) if request.last_failed else request
    asked = _asked(layout, compilation.project, request.selection, isolation)
    keys = asked if request.only is None else asked & request.only
    notes = tuple(note for key, note in failed.notes.items() if key in asked)
    scripts = (
        script for script in project.scripts if any(asset.key in keys for asset in script.assets)
    )
    made = Chosen(compilation, project, keys, tuple(scripts), request.wanted, isolation, notes)
    if keys and not made.broken and not any(script.runs for script in made.scripts):
        listed = ", ".join(f"`{key}`" for key in sorted(keys))
        raise click.UsageError(f"there is nothing to run: something else makes {listed}")
    if not made.broken or any(script.runs for script in made.scripts):
        _refuse(problems_of(made.scripts, request.params), made.broken)
    return made


def planned(layout: Layout, request: RunRequest) -> Planned:
    """The plan; a usage error if there cannot be one."""
    found = chosen(layout, request)
    runs = [script for script in found.scripts if script.runs]
    _refuse_others(runs, found.project)
    slices = _slices(found, runs)
    made = plan(
        found.project,
        found.keys,
        lambda script: slices[script.name],
        lambda script: values_of(script, request.params),
        found.broken,
    )
    return Planned(made, found)


def why_nothing(layout: Layout, request: RunRequest) -> str:
    """Why nothing is run, although nothing is wrong."""
    if not request.last_failed:
        return "it affects nothing that is selected" if request.only else "there is nothing to run"
    if not history(layout.root).records:
        return "there is nothing to run again: nothing has been run here yet"
    which = "everything selected" if request.selection else "everything"
    return f"there is nothing to run again: {which} was made last time"


def _isolation(layout: Layout, compilation: Compilation) -> Isolation | None:
    if not compilation.has_errors:
        return None
    errors = [diagnostic for diagnostic in compilation.diagnostics if diagnostic.is_error]
    return isolate(compilation.project, errors, layout.defs)


def _of_history(request: RunRequest, failed: Again, isolation: Isolation | None) -> RunRequest:
    """The same for assets that were not made the last time, with the same partitions as then.

    What cannot be made because of errors is among them: nobody knows whether it would be made.
    """
    of_assets = (
        request.wanted
        if not request.wanted.is_empty
        else WantedPartitions(of_assets=failed.of_assets)
    )
    broken = isolation.placeholders if isolation else {}
    only = frozenset(failed.of_assets.keys() | broken.keys())
    return request._replace(only=only, wanted=of_assets)


def _asked(
    layout: Layout, project: Project, selection: str, isolation: Isolation | None
) -> frozenset[str]:
    """The keys that are selected, also those of manifests that cannot be read."""
    if isolation:
        placeholders = isolation.placeholders.values()
        project = selectable(project, (other for other in placeholders if not other.declared))
    if not selection or (isolation and selection.strip() == "*"):
        return frozenset(asset.key for asset in project.assets())
    return frozenset(selected(layout, project, selection))


def _refuse_others(scripts: Iterable[Script], project: Project) -> None:
    """Refuse those that nothing here can run."""
    for script in scripts:
        if not can_launch(script, project):
            which = f"`{script.name}` is of kind `{script.kind}`"
            raise click.UsageError(f"{which}, which only Dagster runs: add `--dagster`")


def _slices(chosen: Chosen, scripts: list[Script]) -> Mapping[str, tuple[Slice, ...] | None]:
    now, wanted = datetime.now(UTC), chosen.wanted
    found: dict[str, tuple[Slice, ...] | None] = {}
    problems: dict[str, list[str]] = {}
    for script in scripts:
        slices = slices_of(chosen.project, script, wanted, now)
        if isinstance(slices, PartitionProblem):
            problems.setdefault(f"{slices.message}; {slices.help}", []).append(script.name)
        else:
            found[script.name] = slices
    _refuse(f"{_listed(names)}: {why}" for why, names in problems.items())
    if (wanted.key or wanted.range) and scripts and all(keys is None for keys in found.values()):
        _refuse(["no selected script has partitions"], chosen.broken)
    return found


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _refuse(problems: Iterable[str], broken: Sequence[str] = ()) -> None:
    """What is broken may have what is missing."""
    if told := list(problems):
        if broken:
            told.append(f"manifests have errors, see `pipes-projects check`: {_listed(broken)}")
        raise click.UsageError("; ".join(told))

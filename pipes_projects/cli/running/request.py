"""What a user wants to run → a plan, or why there is none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import click

from pipes_projects.analysis.quarantine import Isolation, isolate
from pipes_projects.cli.project import compiled, selected
from pipes_projects.compiler import Compilation
from pipes_projects.diagnostics import Diagnostic
from pipes_projects.layout import Layout
from pipes_projects.project import Script
from pipes_projects.terminal.job import can_launch
from pipes_projects.terminal.parameters import problems_of, values_of
from pipes_projects.terminal.plan import RunPlan, plan


class RunRequest(NamedTuple):
    """The options of the command that say what is to be run."""

    selection: str
    params: Mapping[str, str] = {}
    partition: str | None = None
    range: tuple[str, str] | None = None


class Planned(NamedTuple):
    """What can be run, and what of it cannot."""

    plan: RunPlan
    compilation: Compilation
    broken: tuple[str, ...] = ()
    """Selected assets whose manifests have errors."""
    isolation: Isolation | None = None

    def errors(self) -> list[Diagnostic]:
        """What is wrong with those, each error once."""
        known = self.isolation.placeholders if self.isolation else {}
        return list({id(it): it for key in self.broken for it in known[key].diagnostics}.values())


def planned(layout: Layout, request: RunRequest) -> Planned:
    """The plan; a usage error where there can be none."""
    compilation = compiled(layout)
    isolation = _isolation(layout, compilation)
    project = isolation.project if isolation else compilation.project
    out = isolation.placeholders if isolation else {}
    keys = selected(layout, compilation.project, request.selection)
    scripts = [it for it in project.scripts if any(asset.key in keys for asset in it.assets)]
    _refuse_others(scripts, keys, [it for it in keys if it in out])
    _refuse_all(problems_of(scripts, request.params))
    made = plan(project, keys, lambda _: None, lambda it: values_of(it, request.params), out)
    return Planned(made, compilation, tuple(it for it in keys if it in out), isolation)


def _isolation(layout: Layout, compilation: Compilation) -> Isolation | None:
    if not compilation.has_errors:
        return None
    errors = [it for it in compilation.diagnostics if it.is_error]
    return isolate(compilation.project, errors, layout.defs)


def _refuse_others(scripts: list[Script], keys: Iterable[str], broken: list[str]) -> None:
    """What nothing here can run."""
    if not broken and not any(it.runs for it in scripts):
        listed = ", ".join(f"`{it}`" for it in keys)
        raise click.UsageError(f"there is nothing to run: something else makes {listed}")
    for script in scripts:
        if script.runs and not can_launch(script):
            which = f"`{script.name}` is of kind `{script.kind}`"
            raise click.UsageError(f"{which}, which only Dagster runs: add `--dagster`")


def _refuse_all(problems: Iterator[str]) -> None:
    if told := list(problems):
        raise click.UsageError("; ".join(told))

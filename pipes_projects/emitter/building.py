"""Everything that `make_defs()` returns: compiled, emitted, and put together.

With errors there is nothing, or, in quarantine, everything but what they are about.
"""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import dagster as dg

from pipes_projects.compiler import Compilation, compile_project
from pipes_projects.compiler.checks import CHECKS, script_cycle
from pipes_projects.compiler.quarantine import Isolation, isolate
from pipes_projects.diagnostics import Diagnostic, in_order
from pipes_projects.emitter.automation import automation_sensors
from pipes_projects.emitter.catalog import Catalog
from pipes_projects.emitter.emission import Emission
from pipes_projects.emitter.errors import InvalidProjectError
from pipes_projects.emitter.keys import KeyTable
from pipes_projects.emitter.overrides import has_overrides
from pipes_projects.emitter.placeholders import Placeholders, declare
from pipes_projects.emitter.script import PipesScript
from pipes_projects.layout import Layout
from pipes_projects.manifest.contract import Contract
from pipes_projects.render.text import render_findings, render_text

log = logging.getLogger("pipes_projects")


@dataclass(frozen=True)
class Owner:
    """What the platform owner's classes say."""

    classes: Mapping[str, type[PipesScript]]
    catalog: Catalog
    contract: Contract
    status: dg.DefaultScheduleStatus


@dataclass(frozen=True)
class Built:
    """The parts of Dagster's definitions."""

    assets: Sequence[dg.AssetsDefinition | dg.AssetSpec]
    schedules: Sequence[dg.ScheduleDefinition] = ()
    sensors: Sequence[dg.SensorDefinition] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)


def build(owner: Owner, layout: Layout, resources: Mapping[str, Any], on_error: str) -> Built:
    """Compile and emit; where something is wrong, raise, or go on without it."""
    compilation = compiled(owner, layout)
    while True:
        if compilation.has_errors and on_error == "raise":
            raise InvalidProjectError(compilation)
        attempt = _Attempt(owner, layout, resources, compilation)
        found = in_order((*compilation.diagnostics, *attempt.emission.found))
        if not attempt.emission.found:
            return attempt.built()
        if found == compilation.diagnostics:  # it is about nothing that could be taken out
            raise InvalidProjectError(compilation)
        compilation = replace(compilation, diagnostics=found)


def compiled(owner: Owner, layout: Layout) -> Compilation:
    """The project, by what its owner's classes publish."""
    checks = CHECKS
    if any(map(has_overrides, owner.classes.values())):  # what can be split is theirs to say
        checks = tuple(check for check in CHECKS if check is not script_cycle)
    return compile_project(layout.root, owner.contract, layout.defs, checks)


class _Attempt:
    """One pass over what is not in error, as far as that is known."""

    def __init__(
        self,
        owner: Owner,
        layout: Layout,
        resources: Mapping[str, Any],
        compilation: Compilation,
    ) -> None:
        self.owner, self.compilation, self.root = owner, compilation, layout.root
        self.keys = KeyTable()
        self.isolation: Isolation | None = None
        project = compilation.project
        if compilation.has_errors:
            self.isolation = isolate(project, _errors(compilation), layout.defs)
            project = self.isolation.project
            declare(self.isolation, self.keys, owner.classes, owner.catalog, layout.root)
        self.emission = Emission(
            project, owner.classes, layout.root, owner.catalog, self.keys, resources
        )
        self.assets = self.emission.assets()

    def built(self) -> Built:
        stand_ins = self._stand_ins()
        schedules = self.emission.schedules(self.owner.status)
        sensors = automation_sensors(self.assets, self.owner.status)
        _tell(self.compilation, self.isolation)
        metadata = _metadata(self.compilation, self.isolation)
        return Built([*self.assets, *stand_ins], schedules, sensors, metadata)

    def _stand_ins(self) -> Iterable[dg.AssetsDefinition | dg.AssetSpec]:
        if self.isolation is None:
            return ()
        catalog = self.owner.catalog
        made = Placeholders(self.isolation, self.compilation, self.keys, catalog, self.root)
        return made.assets()


def _errors(compilation: Compilation) -> tuple[Diagnostic, ...]:
    return tuple(it for it in compilation.diagnostics if it.is_error)


def _tell(compilation: Compilation, isolation: Isolation | None) -> None:
    """What was found, in the log of the code location."""
    if isolation is not None:
        log.error("%s\n\n%s", _count(compilation, isolation), render_text(compilation))
    elif compilation.diagnostics:
        log.warning(render_text(compilation))


def _metadata(compilation: Compilation, isolation: Isolation | None) -> dict[str, Any]:
    if isolation is None:
        return {}
    findings = render_findings(compilation, _errors(compilation))
    return {
        "pipes_projects/in_quarantine": len(isolation.placeholders),
        "pipes_projects/errors": len(_errors(compilation)),
        "pipes_projects/findings": dg.MetadataValue.text(findings),
    }


def _count(compilation: Compilation, isolation: Isolation) -> str:
    assets, errors = len(isolation.placeholders), len(_errors(compilation))
    are = "asset is" if assets == 1 else "assets are"
    because = "an error" if errors == 1 else f"{errors} errors"
    return f"{assets} {are} in quarantine, because of {because} in the manifests"

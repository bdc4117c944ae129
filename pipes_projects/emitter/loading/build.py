"""Everything that `make_defs()` returns: compiled, emitted, and put together.

With errors there is nothing, or, in quarantine, everything but what they are about.
"""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

import logging
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import dagster as dg

from pipes_projects.analysis.quarantine import Isolation, isolate
from pipes_projects.compiler import Compilation, compile_sources
from pipes_projects.compiler.check import WITHOUT_READING
from pipes_projects.compiler.check.dependency_cycle import script_cycle
from pipes_projects.diagnostics import Diagnostic, in_order
from pipes_projects.emitter.loading.attribution import has_overrides
from pipes_projects.emitter.loading.automation_sensor import automation_sensors, sensor_name
from pipes_projects.emitter.loading.errors import InvalidProjectError
from pipes_projects.emitter.loading.partition_fit import unfit
from pipes_projects.emitter.loading.placeholders import Placeholders, declare
from pipes_projects.emitter.loading.specs import Emission
from pipes_projects.emitter.owner.catalog import Catalog
from pipes_projects.emitter.owner.key_table import KeyTable
from pipes_projects.emitter.owner.script import PipesScript
from pipes_projects.layout import Layout
from pipes_projects.manifest.contract import Contract
from pipes_projects.render.text import render_findings, render_text
from pipes_projects.schema.asset_keys import write_keys
from pipes_projects.source import read_sources

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
    _tell_editors(layout, compilation)
    while True:
        if compilation.has_errors and on_error == "raise":
            raise InvalidProjectError(compilation)
        attempt = Attempt(owner, layout, resources, compilation, on_error == "quarantine")
        if not attempt.found:
            return attempt.built()
        found = in_order((*compilation.diagnostics, *attempt.found))
        if found == compilation.diagnostics:  # it is about nothing that could be taken out
            raise InvalidProjectError(compilation)
        compilation = compilation._replace(diagnostics=found)


def compiled(owner: Owner, layout: Layout) -> Compilation:
    """The project, by what its owner's classes publish."""
    checks = WITHOUT_READING
    if any(map(has_overrides, owner.classes.values())):  # what can be split is theirs to say
        checks = tuple(check for check in WITHOUT_READING if check is not script_cycle)
    sources = read_sources(layout.root, layout.defs, layout.ignore, hints=False)
    return compile_sources(sources, owner.contract, checks)


class Attempt:
    """One pass over what is not in error, as far as that is known."""

    def __init__(
        self,
        owner: Owner,
        layout: Layout,
        resources: Mapping[str, Any],
        compilation: Compilation,
        lenient: bool = False,
    ) -> None:
        self.owner, self.compilation, self.root = owner, compilation, layout.root
        self.sensor_name = sensor_name(layout.defs)
        self.keys, project, isolation = KeyTable(), compilation.project, None
        self.placeholders: Placeholders | None = None
        if compilation.has_errors:
            isolation = isolate(project, _errors(compilation), layout.defs)
            self.placeholders, project = self._placeholders(isolation), isolation.project
        self.emission = Emission(
            project,
            owner.classes,
            self.root,
            owner.catalog,
            self.keys,
            resources,
            isolation,
            lenient,
        )
        self.assets = self.emission.assets()
        apart = self.placeholders.partitions() if self.placeholders else {}
        self.found = [*self.emission.found, *unfit(list(self.emission.emitted.values()), apart)]

    def _placeholders(self, isolation: Isolation) -> Placeholders:
        catalog, keys = self.owner.catalog, self.keys
        views = declare(isolation, keys, self.owner.classes, catalog, self.root)
        return Placeholders(isolation, self.compilation, keys, views, catalog, self.root)

    def built(self) -> Built:
        """All parts; to be asked for where nothing was found."""
        made = self.assets
        placeholders, stubs = self.placeholders.assets(made) if self.placeholders else ((), ())
        schedules = self.emission.schedules(self.owner.status)
        sensors = automation_sensors(made, self.owner.status, self.sensor_name)
        _tell(self.compilation, len(placeholders))
        metadata = _metadata(self.compilation, len(placeholders))
        return Built([*made, *placeholders, *stubs], schedules, sensors, metadata)


def _tell_editors(layout: Layout, compilation: Compilation) -> None:
    """The keys that there are, under `dagster dev` alone: production writes nothing."""
    if not os.environ.get("DAGSTER_IS_DEV_CLI") or not layout.contract.exists():
        return
    try:
        write_keys(layout, compilation.project)
    except Exception:  # nothing that editors miss is worth a code location
        log.debug("the keys for editors could not be written", exc_info=True)


def _errors(compilation: Compilation) -> tuple[Diagnostic, ...]:
    return tuple(it for it in compilation.diagnostics if it.is_error)


def _tell(compilation: Compilation, in_quarantine: int) -> None:
    """What was found, in the log of the code location."""
    if errors := len(_errors(compilation)):
        log.error("%s\n\n%s", _count(in_quarantine, errors), render_text(compilation))
    elif compilation.diagnostics:
        log.warning(render_text(compilation))


def _metadata(compilation: Compilation, in_quarantine: int) -> dict[str, Any]:
    errors = _errors(compilation)
    if not errors:
        return {}
    return {
        "pipes_projects/in_quarantine": in_quarantine,
        "pipes_projects/errors": len(errors),
        "pipes_projects/findings": dg.MetadataValue.text(render_findings(compilation, errors)),
    }


def _count(in_quarantine: int, errors: int) -> str:
    are = "asset is" if in_quarantine == 1 else "assets are"
    because = "an error" if errors == 1 else f"{errors} errors"
    return f"{in_quarantine} {are} in quarantine, because of {because} in the manifests"

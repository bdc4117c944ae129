"""Everything that `make_defs()` returns: compiled, emitted, and put together.

If there are errors, it returns nothing or, in quarantine, everything that they are not about.
"""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

import logging
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dagster as dg

from pipes_projects.analysis.quarantine import isolate
from pipes_projects.compiler import Compilation
from pipes_projects.compiler.check import WITHOUT_READING
from pipes_projects.compiler.check.dependency_cycle import script_cycle
from pipes_projects.compiler.check.missing_package import missing_package
from pipes_projects.diagnostics import Diagnostic, by_cause, in_order
from pipes_projects.emitter.answers.attribution import has_overrides
from pipes_projects.emitter.answers.inquiry import Inquiry
from pipes_projects.emitter.answers.partition_fit import unfit
from pipes_projects.emitter.answers.specs import Emission, emission_of
from pipes_projects.emitter.loading.automation.schedules import schedules_of
from pipes_projects.emitter.loading.automation.sensor import automation_sensors, sensor_name
from pipes_projects.emitter.loading.errors import InvalidProjectError
from pipes_projects.emitter.loading.placeholders import Placeholders, declare
from pipes_projects.emitter.loading.steps import Steps, steps_of
from pipes_projects.emitter.owner.key_table import KeyTable
from pipes_projects.emitter.owner.published.catalog import Catalog
from pipes_projects.emitter.owner.script import PipesScript
from pipes_projects.layout import Layout
from pipes_projects.manifest.contract import Contract
from pipes_projects.project_folder.read_texts import compile_known
from pipes_projects.render.findings.text import render_findings, render_text
from pipes_projects.schema.asset_keys import write_keys
from pipes_projects.source import SourceFile, read_sources

log = logging.getLogger("pipes_projects")


@dataclass(frozen=True)
class Platform:
    """What the platform owner's classes define."""

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
    whole: Emission | None = None
    """What all of it was made from; None if something is in quarantine, or left out."""


def build(owner: Platform, layout: Layout, resources: Mapping[str, Any], on_error: str) -> Built:
    """Compile and emit; if something is wrong, raise or go on without it."""
    compilation = compiled(owner, layout)
    _tell_editors(layout, compilation)
    while True:
        if compilation.has_errors and on_error == "raise":
            raise InvalidProjectError(as_shown(compilation, layout.root))
        attempt = attempt_at(owner, layout, resources, compilation, on_error == "quarantine")
        if not attempt.found:
            return _built(attempt, owner, layout)
        found = in_order((*compilation.diagnostics, *attempt.found))
        if found == compilation.diagnostics:  # it is not about anything that could be taken out
            raise InvalidProjectError(as_shown(compilation, layout.root))
        compilation = compilation._replace(diagnostics=found)


def compiled(owner: Platform, layout: Layout) -> Compilation:
    """The project, compiled against what its owner's classes publish."""
    checks = WITHOUT_READING
    if any(map(has_overrides, owner.classes.values())):  # their overrides decide what can be split
        checks = tuple(check for check in WITHOUT_READING if check is not script_cycle)
    sources = read_sources(layout.root, layout.defs, layout.ignore, hints=False)
    return compile_known(layout.root, sources, owner.contract, checks)


@dataclass(frozen=True)
class Attempt:
    """One pass over what is not known to be in error."""

    compilation: Compilation
    emission: Emission
    steps: Steps
    found: tuple[Diagnostic, ...]
    placeholders: Placeholders | None = None


def attempt_at(
    owner: Platform,
    layout: Layout,
    resources: Mapping[str, Any],
    compilation: Compilation,
    is_lenient: bool = False,
) -> Attempt:
    """Emit what is not in error, and a placeholder for what is."""
    keys, inquiry = KeyTable(), Inquiry(is_lenient or compilation.has_errors)
    project, isolation, placeholders = compilation.project, None, None
    if compilation.has_errors:
        isolation = isolate(project, _errors(compilation), layout.defs)
        views = declare(isolation, keys, owner.classes, owner.catalog, layout.root)
        parts = isolation, compilation, keys, views, owner.catalog, layout.root
        placeholders, project = Placeholders(*parts), isolation.project
    emission = emission_of(
        project, owner.classes, layout.root, owner.catalog, keys, inquiry, isolation
    )
    steps = steps_of(emission, resources, inquiry)
    apart = placeholders.partitions() if placeholders else {}
    found = (*emission.found, *steps.found, *unfit(list(emission.emitted.values()), apart))
    return Attempt(compilation, emission, steps, found, placeholders)


def _built(attempt: Attempt, owner: Platform, layout: Layout) -> Built:
    """All parts, if nothing was found."""
    made = attempt.steps.assets
    placeholders, stubs = attempt.placeholders.assets(made) if attempt.placeholders else ((), ())
    schedules = schedules_of(attempt.steps.scheduled, owner.status)
    sensors = automation_sensors(made, owner.status, sensor_name(layout.defs))
    shown = as_shown(attempt.compilation, layout.root)
    _tell(shown, len(placeholders))
    for finding in missing_package(attempt.compilation.project):  # of this machine: no error
        log.warning("%s: %s", finding.message, finding.help)
    metadata = _metadata(shown, len(placeholders))
    whole = None if attempt.placeholders else attempt.emission
    return Built([*made, *placeholders, *stubs], schedules, sensors, metadata, whole)


def step_names(assets: Iterable[dg.AssetsDefinition | dg.AssetSpec]) -> dict[dg.AssetKey, str]:
    """The step's name for each asset that has one."""
    made = (asset for asset in assets if isinstance(asset, dg.AssetsDefinition))
    return {key: step.node_def.name for step in made for key in step.keys}


def as_shown(compilation: Compilation, root: Path) -> Compilation:
    """The findings as people should see them: each mistake of the owner's once, at its place."""
    found = by_cause(compilation.diagnostics)
    paths = dict.fromkeys(finding.cause.location.path for finding in found if finding.cause)
    texts = {path: SourceFile(path, text) for path in paths if (text := _text(root / path))}
    return compilation._replace(diagnostics=found, texts={**compilation.texts, **texts})


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, ValueError):
        return ""


def _tell_editors(layout: Layout, compilation: Compilation) -> None:
    """Write the current keys, only under `dagster dev`: production writes nothing."""
    if not os.environ.get("DAGSTER_IS_DEV_CLI") or not layout.contract.exists():
        return
    try:
        write_keys(layout, compilation.project)
    except Exception:  # a code location must not fail because editors lack something
        log.debug("the keys for editors could not be written", exc_info=True)


def _errors(compilation: Compilation) -> tuple[Diagnostic, ...]:
    return tuple(diagnostic for diagnostic in compilation.diagnostics if diagnostic.is_error)


def _tell(compilation: Compilation, in_quarantine: int) -> None:
    """Write the findings to the log of the code location."""
    if errors := _errors(compilation):
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


def _count(in_quarantine: int, errors: Sequence[Diagnostic]) -> str:
    are = "asset is" if in_quarantine == 1 else "assets are"
    because = "an error" if len(errors) == 1 else f"{len(errors)} errors"
    where = "" if any(error.cause for error in errors) else " in the manifests"
    return f"{in_quarantine} {are} in quarantine, because of {because}{where}"

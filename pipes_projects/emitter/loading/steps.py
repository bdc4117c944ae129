"""Scripts and specs → everything that Dagster should know about them, and what it refuses."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from collections.abc import Container, Mapping, Sequence
from functools import partial
from typing import NamedTuple

import dagster as dg

from pipes_projects.diagnostics import Diagnostic
from pipes_projects.emitter.answers.inquiry import Inquiry
from pipes_projects.emitter.answers.specs import Emission, spec_of
from pipes_projects.emitter.loading.assets import assets_of
from pipes_projects.emitter.loading.automation.schedules import Scheduled, scheduled
from pipes_projects.emitter.owner.run_values import check_run_values
from pipes_projects.emitter.owner.script import PipesScript


class DagsterStep(NamedTuple):
    """What Dagster runs for one script, and when."""

    assets: dg.AssetsDefinition
    scheduled: Scheduled | None


class Steps(NamedTuple):
    """All steps, and the assets that are made elsewhere."""

    assets: Sequence[dg.AssetsDefinition | dg.AssetSpec] = ()
    scheduled: Sequence[Scheduled] = ()
    found: tuple[Diagnostic, ...] = ()


def steps_of(emission: Emission, resources: Container[str], inquiry: Inquiry) -> Steps:
    """The steps of a project; none if there are findings already."""
    if emission.found:
        return Steps()
    assets: list[dg.AssetsDefinition | dg.AssetSpec] = []
    schedules, found = list[Scheduled](), list[Diagnostic]()
    makers = {emitted.spec.key: emitted.view.script.name for emitted in emission.emitted.values()}
    for script in emission.scripts:
        specs = [emission.emitted[asset.model.key].spec for asset in script.assets]
        if not script.model.runs:
            assets += specs
        elif isinstance(step := _asked(script, specs, resources, makers, inquiry), Diagnostic):
            found.append(step)
        else:
            assets.append(step.assets)
            schedules += [step.scheduled] if step.scheduled else []
        script.forget()
    return Steps(assets, schedules, tuple(found))


def _asked(
    script: PipesScript,
    specs: Sequence[dg.AssetSpec],
    resources: Container[str],
    makers: Mapping[dg.AssetKey, str],
    inquiry: Inquiry,
) -> DagsterStep | Diagnostic:
    make = partial(_step, resources=resources, makers=makers)
    return inquiry.of_script(
        script,
        lambda view: make(view, specs),
        again=lambda view: make(view, [spec_of(asset) for asset in view.assets]),
    )


def _step(
    script: PipesScript,
    specs: Sequence[dg.AssetSpec],
    resources: Container[str],
    makers: Mapping[dg.AssetKey, str],
) -> DagsterStep:
    check_run_values(script.manifest)
    made = assets_of(script, specs, resources)
    has_schedule = script.manifest.schedule is not None
    return DagsterStep(made, scheduled(script, specs, makers) if has_schedule else None)

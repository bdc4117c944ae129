"""What a run is to make, and what is no longer made as it was when the run started."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from collections.abc import Iterable, Iterator, Mapping

import dagster as dg

from pipes_projects.emitter.loading.step_start.request import Request

MadeAssets = Iterable[dg.AssetsDefinition | dg.AssetSpec]


def lost(asked: Request, before: Mapping[str, str], assets: MadeAssets) -> list[str]:
    """The assets for which Dagster would refuse to run the step of this process.

    `before` is the step of each asset when the run started.
    """
    made = {step.node_def.name: step for step in assets if isinstance(step, dg.AssetsDefinition)}
    now = {key: name for name, step in made.items() for key in _keys_of(step)}
    of_step = {key for key, name in before.items() if name == asked.step}
    gone = {key for key in of_step if now.get(key) != asked.step}
    if asked.selected:
        gone |= before.keys() - now.keys()
        gone |= set(_with_more(made.values(), before))
        return sorted(asked.selected & gone)
    step = made.get(asked.step)
    may_be_others = step is not None and step.can_subset and gone < of_step
    return [] if may_be_others else sorted(gone)


def _keys_of(step: dg.AssetsDefinition) -> frozenset[str]:
    """Its assets, as text."""
    return frozenset(key.to_escaped_user_string() for key in step.keys)


def _with_more(steps: Iterable[dg.AssetsDefinition], before: Mapping[str, str]) -> Iterator[str]:
    """The assets of steps that make more than before, all of which have to be selected."""
    for step in steps:
        keys = _keys_of(step)
        if not step.can_subset and 0 < len(keys & before.keys()) < len(keys):
            yield from keys

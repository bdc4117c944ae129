"""Scripts → Dagster's assets, with one step per script.

An op and its assets are built directly rather than through `@multi_asset`, which inspects a
function's signature for every asset: most of the time that a decorator takes.
"""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

import inspect
import re
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import dagster as dg

from pipes_projects.emitter.loading.config import config_schema
from pipes_projects.emitter.loading.ins_and_outs import OPTIONAL_OUT, OUT, input_of
from pipes_projects.emitter.loading.recorded_code import with_code
from pipes_projects.emitter.owner.hooks import shown
from pipes_projects.emitter.owner.script import PipesScript
from pipes_projects.emitter.steps.events.recording import Result
from pipes_projects.emitter.steps.events.results import settled
from pipes_projects.emitter.steps.executors.again import outputs_made_before
from pipes_projects.emitter.steps.executors.elsewhere import in_turn
from pipes_projects.emitter.steps.expected import expected
from pipes_projects.emitter.steps.launched import config_of, refuse_missing_partitions
from pipes_projects.emitter.steps.script_run import StepRun

_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_]")
_LONE = "asset__"  # before a key of one part, which could be a Python keyword
_IO_MANAGER = "io_manager"


class ScriptAssets(dg.AssetsDefinition):
    """Assets of one script; they ask for resources by the parameters of `invoke()` alone.

    Nothing goes through an I/O manager here. Dagster builds every `AssetsDefinition` a second time
    to give it its resources; if there are none, that is a third of the work it does with it.
    """

    @staticmethod
    def dagster_internal_init(**attributes: Any) -> "ScriptAssets":
        """The same, with other attributes: `dg` adds metadata to all assets that it loads, and
        Dagster, which calls this then, would make them plain ones. It is not public."""
        return ScriptAssets(**attributes)

    def with_resources(self, resource_defs: Mapping[str, Any]) -> dg.AssetsDefinition:
        """The assets, with the resources that their step needs."""
        if self.required_resource_keys <= {_IO_MANAGER}:
            return self
        return super().with_resources(resource_defs)


def assets_of(
    script: PipesScript, specs: Sequence[dg.AssetSpec], resources: Container[str]
) -> dg.AssetsDefinition:
    """The assets of a script, and the step that makes them.

    `resources` names the resources available for parameters of `invoke()` with a default.
    """
    manifest = script.manifest
    taken: set[str] = set()
    outputs = dict(_named((spec.key for spec in specs), taken))
    checks = dict(_named_checks(script, set(outputs.values()), taken))
    inputs = dict(_named(_upstream(specs), set()))
    needed, optional = resource_names(type(script).invoke)
    out = OPTIONAL_OUT if manifest.can_subset else OUT
    op = dg.OpDefinition(
        Step(script),
        manifest.op_name,
        ins={name: input_of(name) for name in inputs},
        outs=dict.fromkeys((*outputs, *checks), out),
        config_schema=config_schema(script.declared_params()),
        required_resource_keys=needed | {name for name in optional if name in resources},
        tags=manifest.op_tags or None,
        retry_policy=manifest.retry_policy,
        pool=manifest.pool,
    )
    return ScriptAssets(
        node_def=op,
        keys_by_input_name=inputs,
        keys_by_output_name=outputs,
        specs=list(specs),
        check_specs_by_output_name=checks,
        can_subset=manifest.can_subset,
        backfill_policy=manifest.backfill_policy,
    )


def _upstream(specs: Sequence[dg.AssetSpec]) -> Iterator[dg.AssetKey]:
    """What the step waits for: other assets, and earlier partitions of its own."""
    own = {spec.key for spec in specs}
    made = dict.fromkeys((dep.asset_key, spec.key) for spec in specs for dep in spec.deps)
    yield from dict.fromkeys(above for above, key in made if above not in own or above == key)


def _named(keys: Iterator[dg.AssetKey], taken: set[str]) -> Iterator[tuple[str, dg.AssetKey]]:
    """Each key with the name of its input or output, for which Dagster's rules are stricter."""
    for key in keys:
        lone = _LONE if len(key.parts) == 1 else ""
        yield _free(lone + "__".join(key.parts), taken), key


def _named_checks(
    script: PipesScript, keys: Container[dg.AssetKey], taken: set[str]
) -> Iterator[tuple[str, dg.AssetCheckSpec]]:
    """Each check with the name of its output."""
    for spec in _checks(script, keys):
        yield _free(f"{'__'.join(spec.asset_key.parts)}__{spec.name}", taken), spec


def _checks(script: PipesScript, keys: Container[dg.AssetKey]) -> Iterator[dg.AssetCheckSpec]:
    """The checks of a script's assets; raises TypeError for values that make no sense."""
    seen: set[dg.AssetCheckKey] = set()
    for spec in (check for asset in script.assets for check in asset.check_specs):
        if not isinstance(spec, dg.AssetCheckSpec):
            raise TypeError(f"`check_specs` is a list of AssetCheckSpecs: {shown(spec)} is not one")
        name = spec.asset_key.to_user_string()
        if spec.asset_key not in keys:
            foreign = f"`check_specs` has a check of `{name}`, which the script does not make"
            raise TypeError(f"{foreign}: write `asset=self.asset_key`")
        if spec.key in seen:
            raise TypeError(f"`check_specs` has two checks `{spec.name}` of `{name}`")
        seen.add(spec.key)
        yield spec


def _free(text: str, taken: set[str]) -> str:
    name = plain = _NOT_IN_NAMES.sub("_", text)
    number = 2
    while name in taken:
        name, number = f"{plain}_{number}", number + 1
    taken.add(name)
    return name


@cache
def resource_names(invoke: Callable[..., Any]) -> tuple[frozenset[str], frozenset[str]]:
    """The resources that an `invoke` needs, and those that it takes if they exist."""
    parameters = list(inspect.signature(invoke).parameters.values())[2:]  # self, context
    named = [p for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
    optional = frozenset(p.name for p in named if p.default is not p.empty)
    return frozenset(p.name for p in named) - optional, optional


class Step:
    """What a script's op computes."""

    __slots__ = ("script",)
    __name__ = "run_script"
    __signature__ = inspect.Signature(  # computed once: Dagster asks every op's function for it
        [
            inspect.Parameter("context", inspect.Parameter.POSITIONAL_OR_KEYWORD),
            inspect.Parameter("_inputs", inspect.Parameter.POSITIONAL_OR_KEYWORD),
        ]
    )

    def __init__(self, script: PipesScript) -> None:
        self.script = script

    def __call__(self, context: dg.AssetExecutionContext, _inputs: Any) -> Iterator[Result]:
        """Run the script, and settle what it made."""
        if made := outputs_made_before(context):
            yield from made
            return
        script = self.script.launched(config_of(context))
        refuse_missing_partitions(script.model.path or script.model.name, context)
        needed, optional = resource_names(type(script).invoke)
        given = context.resources._asdict() if needed or optional else {}
        resources = {name: given[name] for name in (*needed, *(optional & given.keys()))}
        with in_turn(context):
            outcome = script.invoke(context, **resources)
            yield from with_code(_results(script, outcome, context), script, context)


def _results(
    script: PipesScript, outcome: Any, context: dg.AssetExecutionContext
) -> Iterator[Result]:
    if isinstance(outcome, StepRun):
        yield from outcome
        return
    keys = script.manifest_keys()
    known = expected(keys, script.keys_apart(), context)
    yield from settled(outcome, keys, known, context)

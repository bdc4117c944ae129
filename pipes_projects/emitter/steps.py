"""What a step does: give the script its resources, run it, and settle what it made."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

import inspect
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import dagster as dg

from pipes_projects.emitter.declared import Declared
from pipes_projects.emitter.script import PipesScript
from pipes_projects.emitter.settlement import Result, Settlement


@cache
def resource_names(invoke: Callable[..., Any]) -> tuple[frozenset[str], frozenset[str]]:
    """The resources that an `invoke` needs, and those that it takes if there are any."""
    parameters = list(inspect.signature(invoke).parameters.values())[2:]  # self, context
    named = [p for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
    optional = frozenset(p.name for p in named if p.default is not p.empty)
    return frozenset(p.name for p in named) - optional, optional


class Step:
    """What a script's op computes."""

    __slots__ = ("script",)
    __name__ = "run_script"
    __signature__ = inspect.Signature(  # once for all: Dagster asks every op's function for it
        [
            inspect.Parameter("context", inspect.Parameter.POSITIONAL_OR_KEYWORD),
            inspect.Parameter("_inputs", inspect.Parameter.POSITIONAL_OR_KEYWORD),
        ]
    )

    def __init__(self, script: PipesScript) -> None:
        self.script = script

    def __call__(self, context: dg.AssetExecutionContext, _inputs: Any) -> Iterator[Result]:
        """Run the script, and settle what it made."""
        needed, optional = resource_names(type(self.script).invoke)
        given = context.resources._asdict() if needed or optional else {}
        resources = {name: given[name] for name in (*needed, *(optional & given.keys()))}
        outcome = self.script.invoke(context, **resources)
        declared = Declared(self.script.manifest_keys(), self.script.keys_apart(), context)
        yield from Settlement(declared, context).settle(outcome)

"""Inputs and outputs of steps, which have no value: nothing goes through an I/O manager.

Dagster resolves the type of each anew, which takes a twentieth of a load, though it is the same for
all. So each is a copy of one definition, with a name that is known to be valid.
"""

from copy import copy
from functools import cache
from typing import Any

import dagster as dg

_ANY: Any = Any
_INPUT: Any = dg.In(dg.Nothing).to_definition("name")


class _Out(dg.Out):
    """An `Out` whose definition is a copy."""

    def to_definition(self, annotation_type: Any, name: Any, *_: Any, **__: Any) -> Any:  # noqa: ARG002
        return _named(_output(self.is_required), name)


OUT = _Out(dg.Nothing)
OPTIONAL_OUT = _Out(dg.Nothing, is_required=False)


@cache
def input_of(name: str) -> Any:
    """An asset's name as an input, the same for every script that depends on it: Dagster accepts
    a ready-made definition where it expects an `In`."""
    return _named(_INPUT, name)


@cache
def _output(is_required: bool) -> Any:
    return dg.Out(dg.Nothing, is_required=is_required).to_definition(_ANY, "name", None, None)


def _named(definition: Any, name: str | None) -> Any:
    made = copy(definition)
    made._name = name
    return made

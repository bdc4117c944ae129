"""A placeholder's step: it fails, and says why."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

import re
from hashlib import sha256
from typing import Any

import dagster as dg


def refusing(spec: dg.AssetSpec, text: str, taken: set[str]) -> dg.AssetsDefinition:
    """An asset whose step fails with a text; its name is added to those taken."""

    def refuse(_context: dg.AssetExecutionContext, _inputs: Any) -> None:
        raise dg.Failure(text, allow_retries=False)

    upstream = {f"upstream_{n}": dep.asset_key for n, dep in enumerate(spec.deps)}
    op = dg.OpDefinition(
        refuse,
        _op_name(spec.key, taken),
        ins={name: dg.In(dg.Nothing) for name in upstream},
        outs={"asset": dg.Out(dg.Nothing)},
    )
    return dg.AssetsDefinition(
        node_def=op,
        keys_by_input_name=upstream,
        keys_by_output_name={"asset": spec.key},
        specs=[spec],
    )


def _op_name(key: dg.AssetKey, taken: set[str]) -> str:
    """Other processes find the step by this name, which almost always depends on the key alone.

    Unlike the key, its text form may be shared with another asset.
    """
    words = re.sub(r"[^A-Za-z0-9_]", "_", "__".join(key.parts))
    name = f"quarantine__{words}_{sha256(key.to_escaped_user_string().encode()).hexdigest()[:8]}"
    while name in taken:
        name += "_"
    taken.add(name)
    return name

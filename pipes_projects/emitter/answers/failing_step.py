"""The step of a placeholder: it fails, and says why."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

import re
from hashlib import sha256
from typing import Any

import dagster as dg


def refusing(spec: dg.AssetSpec, text: str, taken: set[str]) -> dg.AssetsDefinition:
    """An asset whose step fails with a text; its name becomes one of those that are taken."""

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
    """Another process finds the step by this name: it depends on the key, and hardly ever on more.

    Unlike it, an asset's key in words may be that of another asset too.
    """
    words = re.sub(r"[^A-Za-z0-9_]", "_", "__".join(key.parts))
    name = f"quarantine__{words}_{sha256(key.to_escaped_user_string().encode()).hexdigest()[:8]}"
    while name in taken:
        name += "_"
    taken.add(name)
    return name

"""What a script is told through Pipes: the keys that its manifest uses, and what is selected.

Dagster tells a script nothing of the partitions of a run over a range, nor which checks are
selected.
"""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import dagster as dg
from dagster_pipes import PipesContextData, PipesParams

from pipes_projects.emitter.selection import Selection


class ManifestInjector(dg.PipesContextInjector):
    """Tells the script the keys that its manifest uses, whatever the owner made of them."""

    def __init__(
        self,
        names: Mapping[str, dg.AssetKey],
        apart: Sequence[str],
        selection: Selection,
        inner: dg.PipesContextInjector,
    ) -> None:
        self.inner = inner
        self.apart = apart
        self.selection = selection
        self.names = {
            key.to_escaped_user_string(): dg.AssetKey(name.split("/")).to_escaped_user_string()
            for name, key in names.items()
        }

    @contextmanager
    def inject_context(self, context_data: PipesContextData) -> Iterator[PipesParams]:
        """Dagster's hook: what the script is told."""
        with self.inner.inject_context(self._told(context_data)) as params:
            yield params

    def no_messages_debug_text(self) -> str:
        """Dagster's hook: what to add where a script sent no messages."""
        return "A script that does not use dagster_pipes sends none, which is fine."

    def _told(self, data: PipesContextData) -> PipesContextData:
        told: dict[str, Any] = {**data}
        told["asset_keys"] = [self.names.get(k, k) for k in data["asset_keys"] or ()]
        told["asset_keys"] += [
            dg.AssetKey(it.split("/")).to_escaped_user_string() for it in self.apart
        ]
        for part in ("code_version_by_asset_key", "provenance_by_asset_key"):
            told[part] = {self.names.get(k, k): v for k, v in (told[part] or {}).items()}
        told |= self.selection.partitions()
        told["extras"] = {**self._extras(), **(data["extras"] or {})}
        return told  # type: ignore[return-value]  # the same keys as it came with

    def _extras(self) -> dict[str, Any]:
        checks = {self.names.get(k, k): v for k, v in self.selection.checks().items()}
        keys = self.selection.partition_keys()
        return {
            **({"selected_checks": checks} if self.selection.has_checks else {}),
            **({"partition_keys": keys} if keys is not None else {}),
        }

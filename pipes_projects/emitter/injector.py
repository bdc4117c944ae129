"""What a script is told through Pipes: the keys that its manifest uses."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import dagster as dg
from dagster_pipes import PipesContextData, PipesParams


class ManifestKeysInjector(dg.PipesContextInjector):
    """Tells the script the keys that its manifest uses, whatever the owner made of them."""

    def __init__(self, names: Mapping[str, dg.AssetKey], inner: dg.PipesContextInjector) -> None:
        self.inner = inner
        self.names = {
            key.to_escaped_user_string(): dg.AssetKey(name.split("/")).to_escaped_user_string()
            for name, key in names.items()
        }

    @contextmanager
    def inject_context(self, context_data: PipesContextData) -> Iterator[PipesParams]:
        with self.inner.inject_context(self._renamed(context_data)) as params:
            yield params

    def no_messages_debug_text(self) -> str:
        return "A script that does not use dagster_pipes sends none, which is fine."

    def _renamed(self, data: PipesContextData) -> PipesContextData:
        renamed: dict[str, Any] = {**data}
        renamed["asset_keys"] = [self.names.get(k, k) for k in data["asset_keys"] or ()]
        for part in ("code_version_by_asset_key", "provenance_by_asset_key"):
            renamed[part] = {self.names.get(k, k): v for k, v in (renamed[part] or {}).items()}
        return renamed  # type: ignore[return-value]  # the same keys as it came with

"""Asset checks: what a script finds out about the assets that it makes."""

from __future__ import annotations

from typing import Annotated

from pipes_projects.manifest.model import Model, SchemaPattern, Text, matching
from pipes_projects.manifest.values.metadata import Metadata

_NAME = r"[A-Za-z0-9_.-]+"
_HELP = "a check's name has letters, digits, `_`, `-` and `.`"

CheckName = Annotated[
    str,
    matching(_NAME, "invalid-name", "`VALUE` is not the name of a check", _HELP),
    SchemaPattern(_NAME, _HELP),
]


class AssetCheck(Model):
    """A check that the script reports: `pipes.report_asset_check(check_name=…, passed=…)`."""

    description: str | None = None
    """What the check verifies."""

    blocking: bool | None = None
    """Whether a failure with severity ERROR stops everything downstream."""

    metadata: Metadata | None = None
    """Anything else worth knowing about the check."""


class ScriptCheck(AssetCheck):
    """A check at the top of a manifest with several assets: it says which of them it is about."""

    asset: Text
    """The name of the asset that is checked, as it appears under `assets`: only at the top of a
    manifest with several assets."""

"""What a manifest may say about an asset. Fields that Dagster has too bear Dagster's names."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from pipes_projects.manifest.asset_checks import AssetCheck, CheckName
from pipes_projects.manifest.deps import Deps
from pipes_projects.manifest.model import Badge, Key, Model, Owner, TagKey, TagValue, Text
from pipes_projects.manifest.values.freshness import FreshnessPolicy
from pipes_projects.manifest.values.metadata import Metadata


class Column(Model):
    """A column of the table that an asset makes."""

    name: Text
    """The column's name."""

    type: Text = "string"
    """The column's type, in the words of your database."""

    description: str | None = None
    """What the column holds."""

    tags: dict[TagKey, TagValue] | None = None
    """Tags of the column."""


class InheritedAssetFields(Model):
    """What `_defaults.yaml` may say about the assets below it."""

    owners: list[Owner] | None = None
    """Who is responsible for the asset: e-mail addresses, or `team:` and a name."""

    tags: dict[TagKey, TagValue | None] | None = None
    """Tags of the asset, to search and filter by in Dagster."""

    kinds: Annotated[list[Badge], Field(max_length=10)] | None = None
    """Badges in Dagster's UI, such as `python` or `duckdb`: at most ten.
    (What runs the script is `kind`.)"""

    metadata: Metadata | None = None
    """Anything else worth knowing about the asset: numbers, text, lists, mappings."""

    automation_condition: str | None = None
    """The rule by which Dagster makes the asset on its own: a name that the platform owner
    publishes, `eager` or `on_missing`."""

    freshness_policy: FreshnessPolicy | None = None
    """How old the asset may become before Dagster warns, or marks it as failed."""


class AssetDefaults(InheritedAssetFields):
    """What the top of a multi-asset manifest may say about all of its assets."""

    deps: Deps | None = None
    """The assets that this one is made from, each by its whole key: `group/asset`."""

    code_version: Text | None = None
    """A version of your own, instead of the hash of what makes the result."""


class AssetFields(AssetDefaults):
    """Everything that can be said about one asset; nothing is required."""

    key: Key | None = None
    """The asset key, instead of `group/name`; for those who manage keys themselves."""

    description: str | None = None
    """What the asset is, in Markdown. Dagster's UI shows it above the script's source."""

    columns: list[Column] | None = None
    """The columns, if the asset is a table; Dagster shows them as its schema."""

    checks: dict[CheckName, AssetCheck] | None = None
    """The checks that the script makes on the asset, by name: `pipes.report_asset_check`."""

"""A platform owner's own classes: defaults for every team, and a second kind of script."""

from datetime import date
from typing import Annotated

import dagster as dg
from pydantic import Field

from pipes_projects import (
    AssetFields,
    Model,
    PipesAssetManifest,
    PipesProject,
    PipesScript,
    PipesScriptManifest,
)

LANGUAGES = {".py": "python", ".R": "r", ".sh": "bash", ".sql": "sql"}


class TeamScriptManifest(PipesScriptManifest):
    @property
    def tags(self) -> dict[str, str]:
        """The script's language is a badge, unless a manifest has another `kind` among its tags."""
        path = self.script.path  # None for `kind: external`, which has no script
        language = LANGUAGES.get(path.suffix) if path else None
        return {**({"kind": language} if language else {}), **super().tags}


class TeamAssetFields(AssetFields):
    cost_center: Annotated[str, Field(pattern="^CC-[0-9]{4}$")] | None = None
    """Who pays: `CC-` and four digits."""

    review_by: date | None = None
    """The day by which somebody looks whether the asset is still needed."""


class TeamAssetManifest(PipesAssetManifest):
    @property
    def owners(self) -> list[str]:
        """Whoever names no owner leaves the asset to the platform owner."""
        return super().owners or ["team:platform"]

    @property
    def metadata(self) -> dict[str, object]:
        """What the added fields say, for everybody who looks at the asset."""
        added = {"cost_center": self.cost_center, "review_by": str(self.review_by or "never")}
        return {**{key: value for key, value in added.items() if value}, **super().metadata}


class TeamScript(PipesScript):
    @classmethod
    def script_manifest_class(cls) -> type[PipesScriptManifest]:
        return TeamScriptManifest

    @classmethod
    def asset_manifest_class(cls) -> type[PipesAssetManifest]:
        return TeamAssetManifest

    @classmethod
    def asset_fields(cls) -> type[AssetFields]:
        return TeamAssetFields


class SqlOptions(Model):
    schema_name: Annotated[str, Field(pattern="^[a-z_]+$")]
    """The database schema that the query writes into."""


class Warehouse(dg.ConfigurableResource):  # type: ignore[type-arg]
    """Stands for a database: it only says what it would run."""

    url: str

    def execute(self, query: str, schema_name: str) -> int:
        """Pretends to run a query; the number of rows that it made."""
        return len(query.splitlines()) * len(schema_name)


class SqlScript(TeamScript):
    """Runs a query in the team's warehouse."""

    @classmethod
    def options(cls) -> type[Model]:
        return SqlOptions

    @classmethod
    def script_endings(cls) -> tuple[str, ...]:
        return (".sql",)

    def invoke(
        self, context: dg.AssetExecutionContext, warehouse: Warehouse
    ) -> dg.MaterializeResult[None]:
        """A parameter after `context` is the resource of that name."""
        rows = warehouse.execute(self.source or "", self.kind_options.schema_name)
        context.log.info(f"{warehouse.url}: {rows} rows")
        return dg.MaterializeResult(metadata={"dagster/row_count": rows})


class TeamProject(PipesProject):
    @classmethod
    def script_kind_map(cls) -> dict[str, type[PipesScript]]:
        return {**super().script_kind_map(), "subprocess": TeamScript, "sql": SqlScript}


defs = TeamProject.make_defs(resources={"warehouse": Warehouse(url="warehouse://example")})

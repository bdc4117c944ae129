"""The platform owner of several cases: what it publishes to the authors of manifests."""

from typing import Annotated, Literal

import dagster as dg
from pydantic import BaseModel, ConfigDict, Field

from pipes_projects import AssetFields, PipesProject, PipesScript, ScriptFields


class TeamAssetFields(AssetFields):
    cost_center: Annotated[str, Field(pattern="^[A-Z]{2}[0-9]{4}$")]
    """Who pays for the asset: two letters and four digits."""

    stage: Literal["draft", "final"] | None = None
    """How finished the asset is."""


class TeamScript(PipesScript):
    @classmethod
    def asset_fields(cls):
        return TeamAssetFields


class NotebookFields(ScriptFields):
    timeout_minutes: Annotated[int, Field(ge=1, le=600)] | None = None
    """When a run of the notebook is given up."""


class NotebookOptions(BaseModel):
    model_config = ConfigDict(extra="forbid")

    image: str
    """The container image to run it in."""

    cores: Annotated[int, Field(ge=1, le=64)] = 1
    """How many cores it gets."""


class NotebookScript(PipesScript):
    """Runs a notebook in a container."""

    @classmethod
    def options(cls):
        return NotebookOptions

    @classmethod
    def script_fields(cls):
        return NotebookFields

    @classmethod
    def script_endings(cls):
        return (".ipynb",)


class TeamProject(PipesProject):
    @classmethod
    def script_kind_map(cls):
        kinds = {"subprocess": TeamScript, "notebook": NotebookScript}
        return {**super().script_kind_map(), **kinds}

    @classmethod
    def asset_keys(cls):
        return ["finance/budget"]

    @classmethod
    def partitions_defs(cls):
        daily = dg.DailyPartitionsDefinition("2026-01-01")
        regions = dg.StaticPartitionsDefinition(["eu", "us"])
        return {
            "daily": daily,
            "monthly": dg.MonthlyPartitionsDefinition("2026-01-01"),
            "regions": regions,
            "customers": dg.DynamicPartitionsDefinition(name="customers"),
            "daily_by_region": dg.MultiPartitionsDefinition({"day": daily, "region": regions}),
        }

    @classmethod
    def partition_mappings(cls):
        previous = dg.TimeWindowPartitionMapping(start_offset=-1, end_offset=-1)
        return {**super().partition_mappings(), "day_before": previous}

    @classmethod
    def automation_conditions(cls):
        nightly = dg.AutomationCondition.on_cron("0 2 * * *")
        return {**super().automation_conditions(), "nightly": nightly}

    @classmethod
    def pools(cls):
        return ["duckdb", "warehouse"]

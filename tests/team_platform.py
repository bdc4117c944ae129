"""The platform team of several cases: what it publishes to the authors of manifests."""

from typing import Annotated, Literal

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

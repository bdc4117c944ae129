"""Fields with all kinds of rules."""

from typing import Annotated, Literal

from pydantic import Field

from pipes_projects import AssetFields, Model, PipesProject, PipesScript


class Contact(Model):
    name: str
    """Who to call."""

    phone: Annotated[str, Field(min_length=5, max_length=15)] | None = None
    """The number to call."""


class TeamAssetFields(AssetFields):
    cost_center: Annotated[str, Field(pattern="^[A-Z]{2}[0-9]{4}$")] | None = None
    """Two letters and four digits."""

    stage: Literal["draft", "final"] | None = None
    """How finished the asset is."""

    shops: Annotated[list[str], Field(min_length=1, max_length=3)] | None = None
    """The shops that it is about."""

    contact: Contact | None = None
    """Who knows about it."""

    share: Annotated[float, Field(gt=0, lt=1)] | None = None
    """The part of all orders that it covers."""

    year: Annotated[int, Field(ge=2000, le=2100)] | None = None
    """The year that it is about."""

    public: bool | None = None
    """Whether customers see it."""


class TeamScript(PipesScript):
    @classmethod
    def asset_fields(cls):
        return TeamAssetFields


class TeamProject(PipesProject):
    @classmethod
    def script_kind_map(cls):
        return {**super().script_kind_map(), "subprocess": TeamScript}


defs = TeamProject.make_defs()

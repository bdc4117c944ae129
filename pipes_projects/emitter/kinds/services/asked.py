"""What a script asks of its service: its options, its location, and how the owner reaches it."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from collections.abc import Callable, Mapping
from json import loads
from typing import Any, NamedTuple, TypeVar

import dagster as dg
from pydantic import BaseModel, ConfigDict, ValidationError

from pipes_projects.emitter.kinds import Runnable
from pipes_projects.emitter.kinds.services.messages import Heard
from pipes_projects.emitter.steps.connections import values_of
from pipes_projects.kinds.services.kind import ServiceOptions, place_of
from pipes_projects.manifest.values.references import filled


class CannotAskError(Exception):
    """Why a service cannot be asked, and what to do."""


class Settings(BaseModel):
    """How the owner reaches a service: the fields of a connection."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


S = TypeVar("S", bound=Settings)


class Invocation(NamedTuple):
    """What to call: a Pipes client, and what its `run` takes beside the context and the extras."""

    client: Any
    parameters: Mapping[str, Any]
    stop: Callable[[], None] | None = None
    """Stops the job, if it was started and may still run; None if the client always does."""


class Asked:
    """What the module of a service needs to know to start its client."""

    def __init__(self, script: Runnable, context: dg.AssetExecutionContext) -> None:
        self.script, self.context = script, context
        self.options: Any = filled(script.kind_options, script.params, script.deployment)
        self.path = script.model.path or script.model.name
        self.heard = Heard()
        self.secrets: tuple[str, ...] = ()
        """What is masked in the words of errors."""

    @property
    def ending(self) -> str:
        """The ending of the script's file."""
        name = self.path.rpartition("/")[2]
        return f".{name.rpartition('.')[2]}" if "." in name else ""

    @property
    def place(self) -> str | None:
        """Where the service finds the script, if anybody says."""
        options: ServiceOptions = self.options
        try:
            published = self.script.published_location
        except dg.Failure:
            if options.location is None:
                raise
            published = None
        return place_of(options, self.path, published)

    def needed_place(self) -> str:
        """Where the service finds the script; raises `CannotAskError` if nobody says."""
        if (place := self.place) is not None:
            return place
        kind = self.script.model.kind
        raise CannotAskError(
            f"nothing says where its service finds the script: write `location` in `{kind}`, or"
            " publish the script with a deployment"
        )

    def settings(self, model: type[S]) -> S:
        """The connection that the manifest names, or none; raises `CannotAskError` if it does not
        have the right fields."""
        name = self.options.connection
        if name is None:
            return model()
        value = values_of((name,), self.script.connection)[name]
        self.secrets = value.maskable
        if not value.text.startswith("{"):
            fields = ", ".join(f"`{field}`" for field in model.model_fields)
            raise CannotAskError(f"connection `{name}` is a mapping with some of {fields}")
        try:
            return model.model_validate(loads(value.text))
        except ValidationError as error:
            raise CannotAskError(f"connection `{name}`: {_wrong(error, model)}") from None

    def injector(self, inner: dg.PipesContextInjector) -> dg.PipesContextInjector:
        """What tells the script its context, passed on in the client's own way."""
        return self.script.context_injector(self.context, inner)


def _wrong(error: ValidationError, model: type[Settings]) -> str:
    first = error.errors(include_url=False)[0]
    field = ".".join(map(str, first["loc"]))
    if first["type"] == "extra_forbidden":
        known = ", ".join(f"`{name}`" for name in model.model_fields)
        return f"`{field}` is not one of its fields, which are {known}"
    if first["type"] == "missing":
        return f"it has no `{field}`, which the platform owner must add"
    return f"`{field}`: {first['msg'].lower()}"

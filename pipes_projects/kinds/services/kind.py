"""What all kinds of services have in common."""

from __future__ import annotations

from posixpath import join
from typing import Final

from pipes_projects.kinds.registry.registered import RegisteredKind
from pipes_projects.kinds.subprocess import INTERPRETERS
from pipes_projects.manifest.model import Model, SomeWord
from pipes_projects.manifest.model.shapes import ModelShape

RUNNER: Final = "pipes_projects.emitter.kinds.services.starting"
_OWN_WAYS = "runs in a service with its own variables and secrets, and its own way to end a job"
_FORBIDDEN: Final = dict.fromkeys(("grace", "inherit_env", "secrets"), _OWN_WAYS)


class ServiceOptions(Model):
    """What every service has to know about a script."""

    location: SomeWord | None = None
    """Where the service finds the script: a path in an image, or a URL. After a `/` at its end,
    the script's path in the project follows. Where a deployment publishes the script, that place is
    used instead."""


def place_of(options: ServiceOptions, script: str, published: str | None) -> str | None:
    """Where the service finds a script; None if nobody says."""
    if published is not None or options.location is None:
        return published
    return join(options.location, script) if options.location.endswith("/") else options.location


def program_of(ending: str, python: str = "python") -> list[str]:
    """What an image usually has for scripts with an ending."""
    return list(INTERPRETERS.get(ending) or (python, "-u"))


def service_kind(
    name: str,
    description: str,
    options: type[ServiceOptions],
    *,
    needs: tuple[str, ...],
    extra: str,
    example: str,
    endings: tuple[str, ...] | None,
    opening: str = "",
    any_ending_with: str | None = None,
) -> RegisteredKind:
    """The kind of a service: Dagster starts its client, and our tests check only that call."""
    return RegisteredKind(
        name,
        description,
        options=ModelShape(options),
        endings=endings,
        any_ending_with=any_ending_with,
        runner=RUNNER,
        needs=needs,
        install=f"pipes-projects[{extra}]",
        example=example,
        opening=opening,
        is_only_checked=True,
        forbidden=_FORBIDDEN,
    )

"""Reads the ledgers of a branch from its storage; this changes nothing."""

from __future__ import annotations

import json
from typing import Any

from pydantic import ValidationError

from pipes_projects.deploy.errors import DeployError
from pipes_projects.deploy.ledger.document import FORMAT, Ledger
from pipes_projects.deploy.ledger.numbered import Numbered, NumberedDocument
from pipes_projects.deploy.storage.storage import Storage

DEPLOYMENTS = "deployments"


def ledgers(storage: Storage, slug: str) -> Numbered:
    """The documents of a branch's deployment."""
    return Numbered(storage, f"{DEPLOYMENTS}/{slug}")


def slugs(storage: Storage) -> list[str]:
    """The slugs of the branches that were ever deployed to a storage."""
    return [entry.name for entry in storage.entries(DEPLOYMENTS) if entry.is_folder]


def current(storage: Storage, slug: str, branch: str) -> Ledger | None:
    """The current version, up or down; None if the branch was never deployed.

    Raises `DeployError`, also if the slug is another branch's.
    """
    found = highest(storage, slug)
    return _of_branch(found, branch, storage) if found else None


def highest(storage: Storage, slug: str) -> Ledger | None:
    """The current version, whichever branch it claims to be of; raises `DeployError`."""
    numbered = ledgers(storage, slug)
    found = numbered.highest()
    return _read(numbered, slug, found) if found else None


def version(storage: Storage, slug: str, number: int) -> Ledger | None:
    """A version, current or not; None if it does not exist."""
    numbered = ledgers(storage, slug)
    found = numbered.read(number)
    return _read(numbered, slug, found) if found else None


def history(storage: Storage, slug: str) -> list[Ledger]:
    """All versions that are kept, the current one last."""
    numbered = ledgers(storage, slug)
    return [_read(numbered, slug, found) for found in numbered.all()]


def _of_branch(ledger: Ledger, branch: str, storage: Storage) -> Ledger:
    if ledger.branch != branch:
        raise DeployError(
            f"`{ledger.slug}` in `{storage.shown}` is the deployment of the branch "
            f"`{ledger.branch}`, not of `{branch}`",
            "rename the branch, or take the other one down",
        )
    return ledger


def _read(numbered: Numbered, slug: str, found: NumberedDocument) -> Ledger:
    where = f"`{numbered.path(found.number)}` in `{numbered.storage.shown}`"
    values = _values(found.data, where)
    try:
        ledger = Ledger.model_validate(values)
    except ValidationError as error:
        raise _edited(where, _first(error)) from error
    if ledger.number != found.number:
        raise _edited(where, f"it says that it is number {ledger.number}")
    if ledger.slug != slug:
        raise _edited(where, f"it says that it is of `{ledger.slug}`")
    return ledger


def _values(data: bytes, where: str) -> Any:
    try:
        values = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise _edited(where, f"it is not JSON: {error}") from error
    written = values.get("format") if isinstance(values, dict) else None
    if isinstance(written, int) and written > FORMAT:
        raise DeployError(
            f"{where} was written by a newer version of pipes-projects",
            "upgrade pipes-projects here",
        )
    return values


def _first(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    place = ".".join(map(str, first["loc"]))
    return f"{place}: {first['msg']}" if place else first["msg"]


def _edited(where: str, why: str) -> DeployError:
    return DeployError(
        f"{where} is not a valid ledger: {why}",
        "somebody edited it: put back what it said, or remove that file, so that the version "
        "before it counts",
    )

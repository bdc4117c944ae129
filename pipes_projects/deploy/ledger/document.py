"""The documents that lie beside shipped code, for people and programs to read."""

from __future__ import annotations

from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

FORMAT: Final = 1


class Shipped(BaseModel):
    """A script where its runtime finds it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    hash: str
    """SHA-256, in hexadecimal, of the script and all that is shipped with it."""
    location: str | None = None
    """Where it is, as its kind's client is told; null if nobody published one."""
    parts: dict[str, str] = Field(default_factory=dict)
    """What is shipped with it, each with the beginning of a hash: files, and code paths that are
    many files."""


class Ledger(BaseModel):
    """One version of one branch's deployment."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    """Of this document: a newer pipes-projects may write another."""
    number: int = Field(ge=1)
    """The version: one more than the one before."""
    deployment: str
    """The deployer's name."""
    branch: str
    """As written; of a fork, `owner:branch`."""
    slug: str
    """The branch's name for folders, schemas and labels, which no other branch has."""
    is_production: bool = False
    """Whether it is the branch that production runs."""
    state: Literal["up", "down"] = "up"
    """`down` where it was torn down."""
    head: str | None = None
    """The branch's last commit."""
    commit: str | None = None
    """The commit that was checked out."""
    is_dirty: bool = False
    """Whether it was shipped with changes that are not committed."""
    request: str | None = None
    """The number of the pull request."""
    base: str | None = None
    """The branch that the pull request is to be merged into."""
    by: str
    """Who shipped it: user and host."""
    at: str
    """When, in UTC, as ISO 8601 has it."""
    tool: str
    """The version of pipes-projects."""
    rolled_back_to: int | None = None
    """The version whose code this one has again."""
    ships: dict[str, Shipped] = Field(default_factory=dict)
    """Each script, by its path in the project."""


class LockRecord(BaseModel):
    """Who changes a deployment just now."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    number: int = Field(ge=1)
    user: str
    host: str
    machine: str
    """What the host's processes that see each other have in common, in hexadecimal."""
    pid: int
    started: float
    """When the process began, as its system counts: no other of the machine has its number and
    this."""
    since: str
    """When the lock was taken, in UTC, as ISO 8601 has it."""
    beat: int = 0
    """How many times the holder has said that it lives."""
    doing: str
    """`up`, `down` or `gc`."""
    released: bool = False
    token: str
    """Drawn for this record: no other has it."""

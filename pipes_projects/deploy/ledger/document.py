"""The documents beside shipped code, for people and programs to read."""

from __future__ import annotations

from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer

FORMAT: Final = 1


class Shipped(BaseModel):
    """A script, and where its runtime finds it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    hash: str
    """SHA-256, in hexadecimal, of the script and everything that is shipped with it."""
    location: str | None = None
    """Where it is, as its kind's client is told; null if no place was published."""
    parts: dict[str, str] = Field(default_factory=dict)
    """What is shipped, each with its hash: files, and code paths that stand for many files."""
    as_text: dict[str, str] = Field(default_factory=dict)
    """For parts with Windows line endings or a byte order mark, and those of many files: the hash
    without these, of which the code version is made."""
    executable: tuple[str, ...] = ()
    """The files that can be run by their path, wherever the storage cannot say so."""
    generation: int = Field(default=0, ge=0)
    """Above 0, the bundle's folder ends with it: what was there before could still be removed, by a
    collection that lost its lock. Otherwise it is not written."""

    @model_serializer(mode="wrap")
    def _plain(self, serialize: SerializerFunctionWrapHandler) -> dict[str, Any]:
        plain: dict[str, Any] = serialize(self)
        if not self.generation:
            del plain["generation"]
        return plain


class Ledger(BaseModel):
    """One version of one branch's deployment."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    """The format of this document: a newer pipes-projects may write another."""
    number: int = Field(ge=1)
    """The version: one more than the previous one."""
    deployment: str
    """The deployer's name."""
    branch: str
    """As written; for a fork's branch, `owner:branch`."""
    slug: str
    """The branch's name for folders, schemas and labels; no other branch has the same."""
    is_production: bool = False
    """Whether it is the branch that production runs."""
    state: Literal["up", "down"] = "up"
    """`down` if it was taken down."""
    head: str | None = None
    """The branch's last commit."""
    commit: str | None = None
    """The commit that was checked out."""
    is_dirty: bool = False
    """Whether it was shipped with uncommitted changes."""
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
    """The version that this one goes back to."""
    ships: dict[str, Shipped] = Field(default_factory=dict)
    """Each script, by its path in the project."""


class LockRecord(BaseModel):
    """Who is changing a deployment right now."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    number: int = Field(ge=1)
    user: str
    host: str
    machine: str
    """What processes that can see each other have in common on a host, in hexadecimal."""
    pid: int
    started: float
    """When the process began, as its system counts: no other process of the machine has both this
    and its number."""
    since: str
    """When the lock was taken, in UTC, as ISO 8601 has it."""
    beat: int = 0
    """How many times the holder has reported that it is alive."""
    doing: str
    """`up`, `down` or `gc`."""
    branch: str = ""
    """The branch whose deployment is changed, as written; empty for a collection."""
    released: bool = False
    in_doubt: bool = False
    """Whether somebody who lost the lock may still be at work, and has not been forestalled."""
    generation: int = Field(default=0, ge=0)
    """For a collection: the last record of one that lost this lock, and may still remove bundles
    that no version needed then. What is put from now on has this number in its name."""
    token: str
    """Random, so that no other record has it."""

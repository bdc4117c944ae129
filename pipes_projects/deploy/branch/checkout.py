"""The command line, Dagster+, CI or Git → the branch that is checked out."""

from __future__ import annotations

from typing import NamedTuple


class Checkout(NamedTuple):
    """A branch, and the commit of it that lies in the folder."""

    branch: str
    """As written; of a fork, `owner:branch`."""
    slug: str
    """A name for folders, schemas and labels, which no other branch has."""
    head: str | None = None
    """The branch's last commit."""
    commit: str | None = None
    """The commit that is checked out; in CI, that may be a merge with the base."""
    is_dirty: bool = False
    """Whether the folder has changes that are not committed."""
    request: str | None = None
    """The number of the pull request."""
    base: str | None = None
    """The branch that the pull request is to be merged into."""
    is_fork: bool = False
    said_by: str = "Git"
    """Who named the branch: `--branch`, a CI system, Dagster+, or Git."""

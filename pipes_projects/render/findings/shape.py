"""The shape of findings for programs: what `check --format json` writes, in version 1.

Within a version, members may be added, but none is removed or changes its meaning. The other
formats for programs are made from the same shape.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from pipes_projects.codes import Severity

Count = Annotated[int, Field(ge=0)]
FromOne = Annotated[int, Field(ge=1)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, defer_build=True)


class Point(_Part):
    """A place between two characters."""

    line: FromOne
    """Counted from 1."""
    column: FromOne
    """Counted from 1, in characters (Unicode code points)."""


class Place(_Part):
    """A span in a file. One that starts and ends at 1:1 stands for the whole file."""

    path: str
    """With slashes; from the root of the repository, without one from the current folder."""
    start: Point
    """The first character."""
    end: Point
    """The place after the last character."""

    @property
    def is_file(self) -> bool:
        """Whether the whole file is meant, rather than a part of it."""
        return self.start == self.end == Point(line=1, column=1)


class RelatedPlace(_Part):
    """A second place that explains a finding."""

    message: str
    """What is at that place."""
    location: Place
    """Where it is."""


class Edit(_Part):
    """A replacement of text."""

    location: Place
    """What is replaced."""
    new_text: str
    """What is written instead."""


class ProposedFix(_Part):
    """The one certain way to fix a finding: its edits belong together."""

    message: str
    """What it does, in one line."""
    edits: tuple[Edit, ...]
    """Changes of texts, none of which overlap."""
    removed_files: tuple[str, ...]
    """The paths of files that are removed."""


class Finding(_Part):
    """One mistake: what is wrong, where, and what to do about it."""

    severity: Severity
    """An error fails `check`, a warning only with `--strict`, a hint never."""
    code: str
    """The kind of finding: a section of docs/diagnostics.md. Codes may be added."""
    message: str
    """What is wrong, in one line; what the user wrote is in backticks."""
    help: str | None
    """The reason, or what to do about it, in one line; null where there is nothing to add."""
    location: Place
    """Where the mistake is."""
    related: tuple[RelatedPlace, ...]
    """Other places that belong to the same mistake."""
    fix: ProposedFix | None
    """What fixes it; null where that is not certain. `check --fix` applies it if it helps."""
    fingerprint: str
    """Stays the same while code, path and message do, even if lines move; no two are the same."""


class Tool(_Part):
    """The program that made this."""

    name: Literal["pipes-projects"]
    """The program's name."""
    version: str
    """The program's version."""


class CheckedProject(_Part):
    """A project that was compiled."""

    path: str
    """Its folder, as in the paths of findings; `.` where that is the root itself."""
    scripts: Count
    """How many scripts it has."""
    assets: Count
    """How many assets it has."""


class Summary(_Part):
    """How many findings there are."""

    errors: Count
    """Findings with severity `error`."""
    warnings: Count
    """Findings with severity `warning`."""
    hints: Count
    """Findings with severity `hint`."""
    elsewhere: Count
    """Findings that were not asked for: in other files, or not touched by what has changed."""
    failed: bool
    """Whether `check` exits with 1."""


class Findings(_Part):
    """What `pipes-projects check --format json` writes."""

    version: Literal[1]
    """The version of this shape."""
    tool: Tool
    """The program that made this."""
    projects: tuple[CheckedProject, ...]
    """The projects that were compiled."""
    findings: tuple[Finding, ...]
    """Ordered by project, then by place."""
    summary: Summary
    """How many findings there are."""

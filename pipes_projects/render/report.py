"""What `check` has to report: compiled projects, and what was asked about them."""

from __future__ import annotations

from typing import NamedTuple

from pipes_projects.codes import Severity
from pipes_projects.compiler import Compilation
from pipes_projects.diagnostics import Diagnostic


class Checked(NamedTuple):
    """A compiled project."""

    compilation: Compilation
    folder: str = ""
    """Its path from the root that paths are relative to; empty where it is the root."""
    wanted: frozenset[str] | None = None
    """The files and folders that were asked for; None for the whole project."""
    elsewhere: int = 0
    """How many findings were not asked for."""

    def path(self, path: str = "") -> str:
        """A path of the project, from the root; bytes that are not text are shown as escapes."""
        whole = "/".join(filter(None, (self.folder, path))) or "."
        return whole.encode("utf-8", "backslashreplace").decode("utf-8")

    @property
    def manifests(self) -> list[str]:
        """The manifests that were asked for, and all files with findings."""
        known = self.compilation.texts
        asked = (path for path in known if self.wanted is None or touches(path, self.wanted))
        return sorted(
            {*asked, *(diagnostic.location.path for diagnostic in self.compilation.diagnostics)}
        )


class Report(NamedTuple):
    """Everything that one call of `check` found."""

    projects: tuple[Checked, ...]
    strict: bool = False
    version: str = ""
    """The program's version."""

    def fails(self, finding: Diagnostic) -> bool:
        """Whether this finding makes `check` exit with 1."""
        return finding.is_error or (self.strict and finding.severity is Severity.WARNING)

    @property
    def has_failed(self) -> bool:
        """Whether any finding makes it exit with 1."""
        return any(
            self.fails(diagnostic)
            for part in self.projects
            for diagnostic in part.compilation.diagnostics
        )


def touches(place: str, wanted: frozenset[str]) -> bool:
    """Whether a path is one of those that were asked for, or in one of them."""
    stems = {place, place.rpartition(".")[0]}  # a script stands for its manifest
    return any(
        place == path or place.startswith(f"{path}/") or path.rpartition(".")[0] in stems
        for path in wanted
    )

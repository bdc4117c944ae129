"""The exceptions for a project that cannot be loaded."""

from __future__ import annotations

from collections.abc import Sequence

from pipes_projects.compiler import Compilation
from pipes_projects.diagnostics import Diagnostic
from pipes_projects.project import Project
from pipes_projects.render.findings.text import render_text


class InvalidProjectError(Exception):
    """The manifests below `defs/` have errors; carries all findings, as `check` shows them."""

    def __init__(self, compilation: Compilation) -> None:
        super().__init__(f"{_what(compilation)} errors\n\n{render_text(compilation)}")
        self.compilation = compilation

    def __reduce__(self) -> tuple[type[InvalidProjectError], tuple[Compilation]]:
        """Dagster passes exceptions between processes."""
        return type(self), (self.compilation,)

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Every finding, in order."""
        return self.compilation.diagnostics


class NotDeployedError(InvalidProjectError):
    """The deployment that the project is to be loaded from is not there, or cannot be read."""

    def __init__(self, message: str, help_: str | None = None) -> None:
        Exception.__init__(self, f"{message}; {help_}" if help_ else message)
        self.compilation = Compilation(Project(()), ())

    def __reduce__(self) -> tuple[type[NotDeployedError], tuple[str]]:  # type: ignore[override]
        """Dagster passes exceptions between processes."""
        return type(self), (str(self),)


class LostAssetsError(Exception):
    """A run is to make assets that are no longer made as they were when it started."""

    def __init__(self, assets: Sequence[str], errors: str = "") -> None:
        are = "is" if len(assets) == 1 else "are"
        super().__init__(
            f"{', '.join(assets)} {are} no longer made as when this run started, because the"
            f" project has changed since. {f'By now, {errors}' if errors else 'Run it again.'}"
        )
        self.assets = assets
        self.errors = errors
        """What is wrong with the project by now, which need not be why."""

    def __reduce__(self) -> tuple[type[LostAssetsError], tuple[Sequence[str], str]]:
        """Dagster passes exceptions between processes."""
        return type(self), (self.assets, self.errors)


def _what(compilation: Compilation) -> str:
    """Not every mistake is an author's."""
    is_of_owner = any(diagnostic.cause for diagnostic in compilation.diagnostics)
    return "the project has" if is_of_owner else "the manifests have"

"""An owner's classes are asked for something; what they cannot answer is a finding."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from collections.abc import Callable
from typing import Any, TypeVar

from pipes_projects.diagnostics import Diagnostic
from pipes_projects.emitter.answers.attribution import Culprits, is_refusal
from pipes_projects.emitter.answers.refusals import raised, refused, refused_step
from pipes_projects.emitter.owner.script import PipesScript
from pipes_projects.emitter.owner.views import PipesAssetManifest

T = TypeVar("T")


class Inquiry:
    """One pass over a project. What the owner's own code raises is of one manifest where the
    pass is lenient, as in quarantine; else it is raised, for the whole project."""

    def __init__(self, is_lenient: bool = False) -> None:
        self._is_lenient = is_lenient
        self._culprits = Culprits()

    def of_asset(
        self, view: PipesAssetManifest, ask: Callable[[PipesAssetManifest], T]
    ) -> T | Diagnostic:
        """What an asset's view answers, or why that cannot be used."""
        try:
            return ask(view)
        except Exception as error:
            if is_refusal(error):
                return refused(view, error, self._culprits.of_spec(view, error, ask))
            return self._raised(error, view, view.script.manifest, view.script)

    def of_script(
        self,
        script: PipesScript,
        ask: Callable[[PipesScript], T],
        again: Callable[[PipesScript], object] | None = None,
    ) -> T | Diagnostic:
        """What a script answers, or why its step cannot be made; `again` asks a copy of it."""
        try:
            return ask(script)
        except Exception as error:
            if is_refusal(error):
                return refused_step(
                    script, error, self._culprits.of_step(script, error, again or ask)
                )
            return self._raised(error, script.manifest, *script.assets[:1], script)

    def _raised(self, error: Exception, *views: Any) -> Diagnostic:
        if not self._is_lenient:
            view = views[0]
            error.add_note(f"in `{type(view).__name__}`, for {view.model.location}")
            raise error
        return raised(error, *views)

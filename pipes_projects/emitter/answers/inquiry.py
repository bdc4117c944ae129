"""Calls an owner's classes; whatever they fail to return becomes a finding."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from collections.abc import Callable
from typing import TypeVar

from pipes_projects.diagnostics import Diagnostic
from pipes_projects.emitter.answers.attribution import (
    Culprits,
    Override,
    is_refusal,
    raised_in,
)
from pipes_projects.emitter.answers.refusals import raised, refused, refused_step
from pipes_projects.emitter.owner.hooks import asked, entries, one_or_none, shown
from pipes_projects.emitter.owner.script import PipesScript
from pipes_projects.emitter.owner.views import PipesAssetManifest
from pipes_projects.project import Script
from pipes_projects.source import Location

T = TypeVar("T")


class Inquiry:
    """One pass over a project. In a lenient pass, as in quarantine, an error raised by the
    owner's code concerns one manifest; otherwise it is raised, for the whole project."""

    def __init__(self, is_lenient: bool = False) -> None:
        self._is_lenient = is_lenient
        self._culprits = Culprits()

    def of_asset(
        self, view: PipesAssetManifest, ask: Callable[[PipesAssetManifest], T]
    ) -> T | Diagnostic:
        """What an asset's view returns, or why that cannot be used."""
        try:
            return asked(lambda: ask(view))
        except Exception as error:
            if is_refusal(error):
                return refused(view, error, self._culprits.of_spec(view, error, ask))
            override = raised_in(error, view, view.script.manifest, view.script)
            return self._raised(error, view.model.location, override)

    def of_script(
        self,
        script: PipesScript,
        ask: Callable[[PipesScript], T],
        again: Callable[[PipesScript], object] | None = None,
    ) -> T | Diagnostic:
        """What a script returns, or why its step cannot be made; `again` calls a copy of it."""
        try:
            return asked(lambda: ask(script))
        except Exception as error:
            if is_refusal(error):
                return refused_step(
                    script, error, self._culprits.of_step(script, error, again or ask)
                )
            override = raised_in(error, script.manifest, *script.assets[:1], script)
            return self._raised(error, script.model.location, override)

    def of_class(
        self, script: Script, cls: type[PipesScript], make: Callable[[], PipesScript]
    ) -> PipesScript | Diagnostic:
        """The script that a class makes, with its views, or why it cannot."""
        try:
            return with_views(make)
        except Exception as error:
            return self._raised(error, script.location, Override(cls.__name__))

    def _raised(self, error: Exception, where: Location, override: Override) -> Diagnostic:
        if not self._is_lenient:
            error.add_note(f"in `{override.name}`, for {where}")
            raise error
        return raised(error, where, override)


def with_views(make: Callable[[], PipesScript]) -> PipesScript:
    """A script that has already made its own view and those of its assets."""
    script = asked(make)
    asked(lambda: _refuse_odd(script))
    return script


def _refuse_odd(script: PipesScript) -> None:
    """Raises an error unless the script has what all that is asked about it relies on."""
    _, assets = script.manifest, script.assets
    one_or_none("name", script.name, str)
    for view in entries("assets", assets):
        if not isinstance(view, PipesAssetManifest):
            raise TypeError(f"`assets` has views of assets, not {shown(view)}")

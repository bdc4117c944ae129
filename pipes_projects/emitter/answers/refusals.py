"""Unusable values from an owner's classes → findings, each with the override at fault.

A finding is about one asset or script, so that this can be taken out; findings that come from
the same mistake have equal causes, and are shown as one.
"""

from __future__ import annotations

from pipes_projects.analysis.script_text import ScriptUnreadableError
from pipes_projects.codes import Code
from pipes_projects.diagnostics import Cause, Diagnostic, Related
from pipes_projects.emitter.answers.attribution import (
    Override,
    in_one_line,
    without_quotes,
)
from pipes_projects.emitter.owner.hooks import in_words
from pipes_projects.emitter.owner.script import PipesScript
from pipes_projects.emitter.owner.views import PipesAssetManifest
from pipes_projects.source import Location


def refused(view: PipesAssetManifest, error: Exception, override: Override | None) -> Diagnostic:
    """An asset that Dagster refuses."""
    if isinstance(error, ScriptUnreadableError):
        then = "it was there when the project was compiled"
        return Diagnostic(Code.MISSING_SCRIPT, str(error), view.script.model.location, then)
    message = f"Dagster refuses `{view.manifest_key}`: {in_one_line(error)}"
    return from_override(Code.INVALID_VALUE, message, view.model.location, override)


def refused_step(script: PipesScript, error: Exception, override: Override | None) -> Diagnostic:
    """A script whose step Dagster refuses."""
    message = f"Dagster refuses the step of `{script.name}`: {in_one_line(error)}"
    where = script.model.location
    return from_override(Code.INVALID_VALUE, message, where, override, among="scripts")


def raised(error: Exception, where: Location, override: Override) -> Diagnostic:
    """What an owner's code raised for a manifest."""
    help_ = "the platform owner's class cannot handle what this manifest says"
    message = f"`{override.name}` raised {in_words(error)}"
    return from_override(Code.INVALID_VALUE, message, where, override, help_)


def from_override(
    code: Code,
    message: str,
    where: Location,
    override: Override | None,
    help_: str | None = None,
    related: tuple[Related, ...] = (),
    among: str = "assets",
    sort: str = "",
) -> Diagnostic:
    """A finding at a manifest, with the override that caused it, if known.

    Findings of one sort and one override that differ only in their quoted parts come from one
    mistake.
    """
    help_ = help_ or (override.help if override else None)
    cause = None
    if override and override.location:
        mistake = f"{override.name}: {without_quotes(message)} {sort}"
        cause = Cause(override.location, mistake, among)
    return Diagnostic(code, message, where, help_, related, cause=cause)

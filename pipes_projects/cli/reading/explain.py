"""`pipes-projects explain`: where each value of an asset comes from, or what a finding means."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import NoReturn

import click

from pipes_projects.analysis.code_version.parts import CodeReader, CoveredCode
from pipes_projects.analysis.explanation import Made, explain
from pipes_projects.analysis.script_text import ScriptUnreadableError
from pipes_projects.cli.progress import doing
from pipes_projects.cli.project import (
    compiled,
    contract_at,
    layout_at,
    refuse_unknown_key,
    wants_colour,
)
from pipes_projects.cli.streams import hand_over, show, show_painted, tell
from pipes_projects.codes import Code
from pipes_projects.layout import Layout, LayoutError, find_layout
from pipes_projects.project import Project, Script
from pipes_projects.project_folder import sources_of
from pipes_projects.render.code_help import render_code, render_code_json
from pipes_projects.render.explanation import render_json, render_table
from pipes_projects.spelling import nearest, similar

EXAMPLE = """\b
Examples:
  $ pipes-projects explain unknown-dependency
  $ pipes-projects explain sales/orders
  tags.tier     gold       defs/sales/orders.yaml:2
    instead of  bronze     defs/_defaults.yaml:4
  pool          (nothing)  defs/sales/orders.yaml:3
    instead of  warehouse  defs/_defaults.yaml:5
  can_subset    false      built in
"""


@click.command("explain", epilog=EXAMPLE)
@click.argument("key", metavar="KEY|CODE")
@click.argument("path", default=".", type=click.Path(exists=True, path_type=Path))
@click.option("--definitions", is_flag=True, help="Also show what the owner's classes make of it.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
def command(key: str, path: Path, definitions: bool, as_json: bool) -> None:
    """Show where each value of an asset comes from, or what a finding means.

    KEY is an asset's key, as in `deps`: group/asset. Every value is shown with the file and line
    that it comes from, or as built in; below it is what it replaced. PATH is the project's folder,
    or any folder inside it.

    CODE is what `check` puts in brackets, as in error[unknown-dependency]. Its meaning is shown,
    with an example and the fix. This needs neither a project nor a network.

    With --definitions, `definitions.py` is imported, which requires Dagster. What Dagster is given
    is shown too, and which property of the platform owner's classes changed it.

    An asset whose manifest has errors is explained as far as it is valid.

    Exit codes: 0 explained, 1 explained, but the manifest has errors (see `check`), 2 wrong usage.
    """
    code = _code(key, path)
    if code and definitions:
        raise click.UsageError(f"--definitions is for assets, and `{key}` is a code")
    if code and as_json:
        hand_over(render_code_json(code))
    elif code:
        show(render_code(code))
    if code:
        return
    layout = _layout(key, path)
    contract = contract_at(layout)
    with doing("reading the manifests"):
        code_at = partial(_code_at, layout)
        compilation, explanation = explain(sources_of(layout), contract, key, code_at)
    if explanation is None:
        _refuse(key, compilation.project)
    made, problem = _definitions(layout, key) if definitions else (None, None)
    if as_json:
        hand_over(render_json(explanation, made))
    else:
        show_painted(render_table(explanation, made, wants_colour()))
    if explanation.has_errors:
        tell("its manifest has errors: see `pipes-projects check`")
    if problem:
        tell(f"Dagster is given nothing of it: {problem}")
    if explanation.has_errors or problem:
        raise click.exceptions.Exit(1)


def _code_at(layout: Layout, script: Script) -> CoveredCode:
    try:
        return CodeReader(layout.root).code(script)
    except ScriptUnreadableError:
        return CoveredCode()


def _definitions(layout: Layout, key: str) -> tuple[list[Made] | None, str | None]:
    """What Dagster gets for the asset, or why it gets nothing."""
    try:
        from pipes_projects.emitter.inspection.explanation import NotMadeError, definitions_of
    except ImportError as error:
        if (error.name or "").partition(".")[0] != "dagster":
            raise
        help_ = "install `pipes-projects[dagster]`"
        raise click.UsageError(f"`--definitions` needs Dagster: {help_}") from None
    try:
        return definitions_of(layout, key), None
    except NotMadeError as error:
        return None, str(error)


def _code(key: str, path: Path) -> Code | None:
    """The code that is meant, unless an asset has the same name."""
    if key not in list(Code):
        return None
    with suppress(LayoutError, click.UsageError):  # even if something is wrong with the project
        keys = (asset.key for asset in compiled(find_layout(path)).project.assets())
        return None if key in keys else Code(key)
    return Code(key)


def _layout(key: str, path: Path) -> Layout:
    """The project; if there is none, only codes can be explained."""
    try:
        return find_layout(path)
    except LayoutError:
        if hint := similar(key, Code, "a code"):
            raise click.UsageError(f"no code is called `{key}`; {hint}") from None
    return layout_at(path)


def _refuse(key: str, project: Project) -> NoReturn:
    """Say why there is nothing to explain."""
    keys = (asset.key for asset in project.assets())
    is_code = nearest(key, [*keys, *Code]) in list(Code)
    hint = similar(key, Code, "a code") if is_code else None
    refuse_unknown_key(key, project, hint, "asset" if "/" in key else "asset or code")

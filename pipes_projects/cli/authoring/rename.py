"""`pipes-projects rename`: rename an asset, a script or a group, wherever it is named."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import click

from pipes_projects.cli.progress import doing
from pipes_projects.cli.project import compiled, contract_at, folder_of, layout_at
from pipes_projects.cli.streams import hand_over_patch, say, tell
from pipes_projects.layout import Layout
from pipes_projects.manifest.contract import Contract
from pipes_projects.project_folder import sources_of
from pipes_projects.scaffold.renaming.changes import file_changes, patch_of
from pipes_projects.scaffold.renaming.disk import apply, pairs, refuse_unsafe
from pipes_projects.scaffold.renaming.literals import Literal, literals, script_texts, texts_of
from pipes_projects.scaffold.renaming.plan import RenamePlan, Request, plan
from pipes_projects.scaffold.renaming.targets import RenameError, What
from pipes_projects.scaffold.would_be import new_findings
from pipes_projects.source import SourceFile
from pipes_projects.text.plain import shown

EXAMPLE = """\b
Examples:
  $ pipes-projects rename raw/orders raw/purchases
  $ pipes-projects rename raw landing --dry-run
  $ pipes-projects rename marts/delays marts/lateness --as script
"""
Found = Mapping[SourceFile, list[Literal]]


@click.command("rename", epilog=EXAMPLE)
@click.argument("old")
@click.argument("new")
@click.option(
    "--as",
    "what",
    type=click.Choice([what.value for what in What]),
    help="What OLD is, if several things have that name.",
)
@click.option("--yes", is_flag=True, help="Also change text in scripts that is exactly the key.")
@click.option("--dry-run", is_flag=True, help="Write nothing; show what would change, as a patch.")
def command(old: str, new: str, what: str | None, yes: bool, dry_run: bool) -> None:
    """Rename an asset, a script or a group, everywhere it is named.

    OLD is the key of an asset (group/asset), the name of a script (its path below defs/, without
    the ending), or a group.

    An asset that is named after its manifest is renamed by moving the manifest and the script
    beside it; one of several assets, or an asset with a `key`, by changing its manifest. A script
    moves together with its manifest, and a group is a folder that moves. Dependencies and `script`
    paths follow everywhere. Files that git tracks are moved with `git mv`. Comments and formatting
    stay as they are.

    Scripts may have the key as text, as in a report to Dagster. Where they do, the places are shown
    and you are asked whether to change them. --yes changes them without asking; where there is no
    terminal to ask on, they are left as they are.

    Either everything is renamed or nothing is. A rename is refused if it would cause a finding, or
    change more than names, such as what is inherited from a `_defaults.yaml`.

    Exit codes: 0 renamed, 2 refused or wrong usage.
    """
    layout = layout_at(Path())
    contract = contract_at(layout)
    request = Request(old, new, What(what) if what else None)
    try:
        with doing("finding out what would change"):
            planned = plan(request, sources_of(layout), contract)
            found = _literals(layout, contract, planned)
            changes = file_changes(layout, planned, {})
        refuse_unsafe(layout.root, changes, planned.moves)
        chosen = found if _wants(found, yes, dry_run) else {}
        changes = file_changes(layout, planned, chosen)
        refuse_unsafe(layout.root, changes, planned.moves)
        if dry_run:
            patch = patch_of(layout.root, changes, planned.moves, folder_of(layout.root))
            hand_over_patch("".join(patch))
        else:
            apply(layout.root, changes, planned.moves, lambda: _verify(layout, planned))
            _tell((change.path for change in changes), planned)
    except RenameError as error:
        raise click.UsageError(shown(str(error))) from None
    _tell_left(layout, planned)


def _literals(layout: Layout, contract: Contract, planned: RenamePlan) -> Found:
    """The scripts that contain an old key as text, and where."""
    if not planned.keys:
        return {}
    endings = {end for kind in contract.kinds.values() for end in kind.endings or ()}
    paths = (
        planned.moves.back(script.path) for script in planned.after.project.scripts if script.path
    )
    texts = script_texts(layout.root, layout.defs, filter(None, paths), frozenset(endings))
    found = {source: list(literals(source, planned.keys)) for source in texts}
    return {source: places for source, places in found.items() if places}


def _wants(found: Found, yes: bool, dry_run: bool) -> bool:
    """Whether to change text in scripts; asks if there is a terminal."""
    if not found or yes:
        return yes
    tell("scripts have the old key as text:")
    for source, places in found.items():
        for place in places:
            line = source.line(place.line - 1).strip()
            tell(f"  {shown(place.path)}:{place.line}: {shown(line[:100])}")
    if not dry_run and sys.stdin and sys.stdin.isatty() and sys.stderr and sys.stderr.isatty():
        return click.confirm("change it there, too?", err=True)
    tell("they are left as they are: --yes changes them, too")
    return False


def _verify(layout: Layout, planned: RenamePlan) -> None:
    """What is now on disk must be what was planned."""
    for finding in new_findings(planned.after, compiled(layout)):
        raise RenameError(f"nothing was renamed: {finding.location.path}: {finding.message}")


def _tell(changed: Iterable[str], planned: RenamePlan) -> None:
    for old, new in pairs(planned.moves):
        say(f"moved   {old} to {new}")
    for path in changed:
        say(f"changed {planned.moves(path)}")


def _tell_left(layout: Layout, planned: RenamePlan) -> None:
    """List places that may mean the asset, but are not ours to change."""
    owners = texts_of(layout.root, [layout.definitions])
    code = [place for source in owners for place in literals(source, planned.keys)]
    places = [
        *(f"{place.path}:{place.span.start.line + 1}" for place in planned.left),
        *(f"{literal.path}:{literal.line}" for literal in code),
    ]
    for place in places:
        tell(f"{shown(place)} has an old key as text, and is left as it is")

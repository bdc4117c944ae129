"""`pipes-projects diff`: show what a change does to the project."""

from __future__ import annotations

from pathlib import Path

import click

from pipes_projects.analysis.git.process import GitError
from pipes_projects.cli import FINDINGS
from pipes_projects.cli.progress import doing
from pipes_projects.cli.project import layout_at, wants_colour
from pipes_projects.cli.streams import hand_over, show_painted, tell
from pipes_projects.layout import Layout
from pipes_projects.project_folder.difference import WHERE_THEY_PART, Compared, compare_commits
from pipes_projects.render.diff.diff_json import render_json
from pipes_projects.render.diff.markdown import render_markdown
from pipes_projects.render.diff.text import render_text
from pipes_projects.schema.contract.reading import ContractError

EXAMPLE = """\b
Examples:
  $ pipes-projects diff
  $ pipes-projects diff HEAD
  $ pipes-projects diff origin/release... --format markdown
"""
_FETCH_IT = "its commits are not here; `git submodule update --init` fetches those of this checkout"


@click.command("diff", epilog=EXAMPLE)
@click.argument("base", required=False)
@click.argument("head", required=False)
@click.option(
    "--project",
    "path",
    default=".",
    type=click.Path(exists=True, path_type=Path),
    help="The project's folder, or any folder inside it; by default the current one.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "markdown", "json"]),
    default="text",
    help="What is written to standard output.",
)
@click.option("--exit-code", is_flag=True, help="Exit with 1 if anything differs.")
def command(base: str | None, head: str | None, path: Path, form: str, exit_code: bool) -> None:
    """Show what a change does to the project: which assets are added, removed and changed, by which
    line, and what has to be made again.

    BASE and HEAD are branches, tags or commits. Without HEAD, it is the working tree; without BASE,
    where the histories of HEAD and of the default branch diverged. `BASE...` is where those of BASE
    and HEAD diverged. `BASE..HEAD` and `BASE...HEAD` are as in Git.

    Code counts: a changed script, a module of the project that it imports, and what `code_paths`
    names. Changes that say something about an asset, such as its description, are shown apart from
    those that need a run.

    Exit codes: 0 shown, 1 with --exit-code if anything differs, 2 wrong usage.
    """
    found = _compared(layout_at(path), base, head)
    with doing("writing the difference"):
        _show(found, form)
    for submodule in found.left_out:
        tell(f"the submodule `{submodule}` cannot be compared, and is left out: {_FETCH_IT}")
    for picture, name in ((found.base, "base"), (found.head, "head")):
        if picture.has_errors:
            tell(f"some manifests of the {name} have errors: see `pipes-projects check`")
    if exit_code and found.difference:
        raise click.exceptions.Exit(FINDINGS)


def _show(found: Compared, form: str) -> None:
    if form == "json":
        hand_over(render_json(found.difference, *found.commits))
    elif form == "markdown":
        hand_over(render_markdown(found.difference, found.head), "lines")
    else:
        show_painted(render_text(found.difference, wants_colour()))


def _named(base: str | None, head: str | None) -> tuple[str | None, str | None]:
    """The commits, of which git's users may write both in one word."""
    for dots, kept in ((WHERE_THEY_PART, WHERE_THEY_PART), ("..", "")):
        if base and head is None and dots in base.rstrip("."):
            first, _, last = base.partition(dots)
            return first + kept, last
    return base, head


def _compared(layout: Layout, base: str | None, head: str | None) -> Compared:
    base, head = _named(base, head)
    words = f"comparing {head or 'the working tree'} with {base or 'the default branch'}"
    try:
        with doing(words):
            return compare_commits(layout, base, head)
    except (GitError, ContractError) as error:
        raise click.UsageError(str(error)) from None

"""`pipes-projects deploy up`: ship what has changed since it was shipped last."""

from __future__ import annotations

from pathlib import Path

import click

from pipes_projects.cli.deploy.shared.options import as_json as json_option
from pipes_projects.cli.deploy.shared.options import dry_run as dry_run_option
from pipes_projects.cli.deploy.shared.options import only_changed as only_changed_option
from pipes_projects.cli.deploy.shared.options import which_branch
from pipes_projects.cli.deploy.shared.rendering import render_outcome, render_plan
from pipes_projects.cli.deploy.shared.scene import (
    note_other_branch,
    refusals,
    scene_at,
    whole_project,
)
from pipes_projects.cli.project import wants_colour
from pipes_projects.cli.streams import hand_over, show_painted
from pipes_projects.deploy.up import Outcome, roll_back, try_up, up
from pipes_projects.text.plain import json_text

EXAMPLE = """\b
Examples:
  $ pipes-projects deploy up
  feature/x (feature-x-6eda5e07) of dev is up, as version 7: 1 new, 1 changed, 2 as they were
  $ pipes-projects deploy up prod --branch main
  $ pipes-projects deploy up --to 6
"""


@click.command("up", epilog=EXAMPLE)
@which_branch
@click.option(
    "--to",
    "number",
    type=click.IntRange(min=1),
    metavar="N",
    help="Ship nothing; go back to the code of version N, as a new version.",
)
@only_changed_option
@dry_run_option
@json_option
def command(
    name: str,
    path: Path,
    branch: str | None,
    number: int | None,
    only_changed: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Ship what has changed since it was shipped last, and record that as a new version.

    Whoever runs scripts meanwhile gets either all of the previous version or all of the new one. If
    anything fails, or Ctrl-C stops it, the previous version stays; run `up` again to finish. If
    nothing has changed, nothing is done. DEPLOYMENT is a deployer in deploy.py, and required if
    there are several. PATH is the project's folder, or any folder inside it.

    With --dry-run, the deployer's function is still called, with `context.dry_run`, so that it can
    say what it would do.

    Exit codes: 0 it is up, 1 some manifests have errors, 2 wrong usage, or it could not be shipped,
    130 stopped.
    """
    with refusals():
        scene = scene_at(path)
        if number is not None:
            if dry_run or only_changed:
                raise click.UsageError("`--to` ships nothing: give it alone")
            outcome = roll_back(scene.site(name, branch), number)
        else:
            site = scene.site(name, branch, whole_project(scene.layout))
            note_other_branch(site.checkout)
            outcome = try_up(site, only_changed) if dry_run else up(site, only_changed)
    _show(outcome, as_json)


def _show(outcome: Outcome, as_json: bool) -> None:
    if as_json:
        hand_over(json_text(outcome.plain()) + "\n")
    elif outcome.ledger is None:
        show_painted(render_plan(outcome.plan, wants_colour()))
    else:
        show_painted(render_outcome(outcome))

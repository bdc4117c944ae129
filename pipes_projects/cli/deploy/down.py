"""`pipes-projects deploy down`: take a branch's deployment down."""

from __future__ import annotations

from pathlib import Path

import click

from pipes_projects.cli.deploy.shared.options import as_json as json_option
from pipes_projects.cli.deploy.shared.options import dry_run as dry_run_option
from pipes_projects.cli.deploy.shared.options import which_branch
from pipes_projects.cli.deploy.shared.options import yes_production as yes_production_option
from pipes_projects.cli.deploy.shared.scene import refusals, scene_at
from pipes_projects.cli.project import compiled
from pipes_projects.cli.streams import hand_over, say
from pipes_projects.deploy.down import Gone, down, is_gone, try_down
from pipes_projects.text.plain import json_text

EXAMPLE = """\b
Examples:
  $ pipes-projects deploy down --branch feature/x
  feature/x is down, as version 8
"""


@click.command("down", epilog=EXAMPLE)
@which_branch
@yes_production_option
@dry_run_option
@json_option
def command(
    name: str,
    path: Path,
    branch: str | None,
    yes_production: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Take a branch's deployment down.

    First it is recorded that the branch is down, so that nobody starts to run it; then the
    deployer's `down` function removes what was shipped. If that fails, what is left stays on
    record, and another `down`, or `gc`, tries again. Shipped files that no branch needs any more
    are removed by `gc`. The branch need not exist. DEPLOYMENT is a deployer in deploy.py, and
    required if there are several. PATH is the project's folder, or any folder inside it.

    With --dry-run, the deployer's function is not called.

    Exit codes: 0 it is down, 2 wrong usage, or it could not be taken down.
    """
    with refusals():
        scene = scene_at(path)
        site = scene.site(name, branch, compiled(scene.layout).project)
        gone = (try_down if dry_run else down)(site, yes_production)
    if as_json:
        ledger = gone.ledger.model_dump(mode="json") if gone.ledger else None
        hand_over(json_text({"version": 1, "was_up": gone.was_up, "ledger": ledger}) + "\n")
    else:
        say(_in_words(site.checkout.branch, gone, dry_run))


def _in_words(branch: str, gone: Gone, dry_run: bool) -> str:
    if gone.ledger is None:
        return f"{branch} was never deployed"
    if dry_run and not is_gone(gone.ledger):
        return f"{branch} would be taken down: it has version {gone.ledger.number}"
    return f"{branch} {'is' if gone.was_up else 'was'} down, as version {gone.ledger.number}"

"""`pipes-projects deploy show`: the versions of a branch's deployment."""

from __future__ import annotations

from pathlib import Path

import click

from pipes_projects.cli.deploy.shared.options import as_json as json_option
from pipes_projects.cli.deploy.shared.options import which_branch
from pipes_projects.cli.deploy.shared.rendering import render_history, render_ships
from pipes_projects.cli.deploy.shared.scene import refusals, scene_at
from pipes_projects.cli.streams import hand_over, show
from pipes_projects.deploy.errors import DeployError
from pipes_projects.deploy.ledger.document import Ledger
from pipes_projects.deploy.ledger.reading import history
from pipes_projects.deploy.site import Site
from pipes_projects.text.plain import json_text

EXAMPLE = """\b
Examples:
  $ pipes-projects deploy show
  $ pipes-projects deploy show --number 6
  $ pipes-projects deploy show --branch feature/x --json
"""


@click.command("show", epilog=EXAMPLE)
@which_branch
@click.option(
    "--number",
    type=click.IntRange(min=1),
    metavar="N",
    help="Show where the scripts of version N are.",
)
@json_option
def command(name: str, path: Path, branch: str | None, number: int | None, as_json: bool) -> None:
    """Show the versions of a branch's deployment, the current one last, or where the scripts of one
    version are.

    DEPLOYMENT is a deployer in deploy.py, and required if there are several. PATH is the project's
    folder, or any folder inside it.

    Exit codes: 0 shown, 2 wrong usage, or the branch was never deployed.
    """
    with refusals():
        site = scene_at(path).site(name, branch)
        ledgers = _ledgers(site, number)
    if as_json:
        plain = [ledger.model_dump(mode="json") for ledger in ledgers]
        hand_over(json_text({"version": 1, "versions": plain}) + "\n")
    elif number is not None:
        show(render_ships(ledgers[0]))
    else:
        show(render_history(ledgers))


def _ledgers(site: Site, number: int | None) -> list[Ledger]:
    branch = site.checkout.branch
    if site.current() is None:
        message = f"`{branch}` was never deployed to `{site.deployer.name}`"
        raise DeployError(message, "`pipes-projects deploy list` shows which branches are")
    found = history(site.storage, site.checkout.slug)
    wanted = [ledger for ledger in found if number in (None, ledger.number)]
    if not wanted:
        known = ", ".join(str(ledger.number) for ledger in found[-10:])
        raise DeployError(f"`{branch}` has no version {number}", f"it has {known}")
    return wanted

"""`pipes-projects deploy list`: the branches that are deployed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from pipes_projects.cli import FINDINGS
from pipes_projects.cli.deploy.shared.options import as_json as json_option
from pipes_projects.cli.deploy.shared.options import which
from pipes_projects.cli.deploy.shared.rendering import render_ledgers
from pipes_projects.cli.deploy.shared.scene import Scene, refusals, scene_at
from pipes_projects.cli.streams import hand_over, show, tell
from pipes_projects.deploy.errors import DeployError
from pipes_projects.deploy.ledger.document import Ledger
from pipes_projects.deploy.ledger.reading import highest, slugs
from pipes_projects.text.plain import json_text

EXAMPLE = """\b
Examples:
  $ pipes-projects deploy list
  $ pipes-projects deploy list dev --json | jq -r '.deployments[].branch'
"""


@click.command("list", epilog=EXAMPLE)
@which
@json_option
def command(name: str, path: Path, as_json: bool) -> None:
    """Show which branches are deployed: their version, its commit, and who shipped it when.

    DEPLOYMENT is a deployer in deploy.py; without it, all are shown. PATH is the project's folder,
    or any folder inside it.

    Exit codes: 0 shown, 1 some could not be read, 2 wrong usage.
    """
    with refusals():
        found = list(_all(scene_at(path), name))
    ledgers = [result for result in found if isinstance(result, Ledger)]
    failures = [result for result in found if isinstance(result, DeployError)]
    if as_json:
        plain = [ledger.model_dump(mode="json", exclude={"ships"}) for ledger in ledgers]
        hand_over(json_text({"version": 1, "deployments": plain}) + "\n")
    elif ledgers:
        show(render_ledgers(ledgers))
    elif not failures:
        tell("nothing is deployed")
    for failure in failures:
        tell(f"Error: {failure.whole}")
    raise SystemExit(FINDINGS if failures else 0)


def _all(scene: Scene, name: str) -> Iterator[Ledger | DeployError]:
    """The current version of each branch, or why it cannot be read."""
    for deployer in scene.named(name):
        try:
            storage = scene.production(deployer).storage
            known = slugs(storage)
        except DeployError as error:
            yield error
            continue
        for slug in known:
            try:
                ledger = highest(storage, slug)
            except DeployError as error:
                yield error
            else:
                yield from (ledger,) if ledger else ()

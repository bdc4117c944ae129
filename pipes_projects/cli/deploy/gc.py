"""`pipes-projects deploy gc`: remove what branches have left behind."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click

from pipes_projects.cli import FINDINGS
from pipes_projects.cli.deploy.shared.options import as_json as json_option
from pipes_projects.cli.deploy.shared.options import dry_run as dry_run_option
from pipes_projects.cli.deploy.shared.options import which
from pipes_projects.cli.deploy.shared.options import yes_production as yes_production_option
from pipes_projects.cli.deploy.shared.scene import Scene, refusals, scene_at
from pipes_projects.cli.project import compiled
from pipes_projects.cli.streams import hand_over, say, tell
from pipes_projects.deploy.branch.branches import branches_of
from pipes_projects.deploy.collect import Keep, collect
from pipes_projects.deploy.errors import DeployError
from pipes_projects.deploy.leftovers import Collected, uncollected
from pipes_projects.deploy.owner.duration import seconds_of
from pipes_projects.text.plain import json_text

EXAMPLE = """\b
Examples:
  $ pipes-projects deploy gc --dry-run
  $ pipes-projects deploy gc dev --keep 3 --keep-for 1d
"""


@click.command("gc", epilog=EXAMPLE)
@which
@click.option(
    "--keep",
    "versions",
    type=click.IntRange(min=1),
    default=Keep().versions,
    show_default=True,
    help="How many versions of each branch to keep.",
)
@click.option(
    "--keep-for",
    metavar="TIME",
    default="7d",
    show_default=True,
    help="Keep what is younger than this, such as `12h`, `7d` or `2w`: runs may still need it.",
)
@yes_production_option
@dry_run_option
@json_option
def command(
    name: str,
    path: Path,
    versions: int,
    keep_for: str,
    yes_production: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Remove what branches have left behind.

    Takes down deployments whose branch exists neither here nor on the remote (which is queried), or
    whose `ttl` has passed. Then removes old versions, and shipped files that no version needs.
    Everything is attempted; what fails stays on record, and is tried again the next time.
    DEPLOYMENT is a deployer in deploy.py; without it, all are cleaned up. PATH is the project's
    folder, or any folder inside it.

    Exit codes: 0 everything was removed, 1 something could not be, 2 wrong usage.
    """
    with refusals():
        scene = scene_at(path)
        keep = Keep(versions, seconds_of(keep_for))
        found = list(_collected(scene, name, keep, yes_production, dry_run))
    if as_json:
        plain = [{"deployment": place, **item._asdict()} for place, item in found]
        hand_over(json_text({"version": 1, "removed": plain}) + "\n")
    else:
        _show(found, dry_run, is_one=len(scene.named(name)) == 1)
    raise SystemExit(FINDINGS if any(item.failure for _, item in found) else 0)


def _collected(
    scene: Scene, name: str, keep: Keep, yes_production: bool, dry_run: bool
) -> Iterator[tuple[str, Collected]]:
    """What was removed from each deployment, with its name."""
    project = compiled(scene.layout).project
    branches = cache(lambda: branches_of(scene.layout.root))
    for deployer in scene.named(name):
        try:
            site = scene.production(deployer, project)
            for item in collect(site, branches, keep, yes_production, dry_run):
                yield deployer.name, item
        except DeployError as error:
            yield deployer.name, uncollected(deployer.name, error)


def _show(found: list[tuple[str, Collected]], dry_run: bool, is_one: bool) -> None:
    done = "would be removed" if dry_run else "removed"
    for place, item in found:
        where = "" if is_one or item.what == "leftovers" else f" from {place}"
        if item.failure is None:
            say(f"{done}{where}: {item.what} {item.name}, because {item.why}")
        else:
            tell(f"Error: {item.what} {item.name} could not be removed{where}: {item.failure}")
    if not found:
        say("there is nothing to remove")

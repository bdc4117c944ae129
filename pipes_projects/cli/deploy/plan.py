"""`pipes-projects deploy plan`: what `up` would do."""

from __future__ import annotations

from pathlib import Path

import click

from pipes_projects.cli.deploy.shared.options import as_json as json_option
from pipes_projects.cli.deploy.shared.options import which_branch
from pipes_projects.cli.deploy.shared.rendering import render_plan
from pipes_projects.cli.deploy.shared.scene import (
    note_other_branch,
    refusals,
    scene_at,
    whole_project,
)
from pipes_projects.cli.project import wants_colour
from pipes_projects.cli.streams import hand_over, show_painted
from pipes_projects.deploy.up import planned
from pipes_projects.text.plain import json_text

EXAMPLE = """\b
Examples:
  $ pipes-projects deploy plan
  feature/x (feature-x-6eda5e07) of dev: version 7, in place of 6
    changed  defs/sales/orders.py   defs/sales/_prices.py differs
    new      defs/sales/returns.py
    2 scripts are as shipped
  $ pipes-projects deploy plan --json | jq '.shipments[] | select(.what == "changed")'
"""


@click.command("plan", epilog=EXAMPLE)
@which_branch
@click.option("--only-changed", is_flag=True, help="With --json: leave out what has not changed.")
@json_option
def command(name: str, path: Path, branch: str | None, only_changed: bool, as_json: bool) -> None:
    """Show what `up` would ship, replace and remove, and why.

    Each script, with the modules that it imports and its `code_paths`, is compared with what this
    branch shipped last. DEPLOYMENT is a deployer in deploy.py, and required if there are several.
    PATH is the project's folder, or any folder inside it.

    Nothing is written: the storage is only read.

    Exit codes: 0 shown, 1 some manifests have errors, 2 wrong usage, or the plan cannot be made.
    """
    with refusals():
        scene = scene_at(path)
        site = scene.site(name, branch, whole_project(scene.layout))
        note_other_branch(site.checkout)
        plan = planned(site)
    if as_json:
        hand_over(json_text(plan.plain(only_changed)) + "\n")
    else:
        show_painted(render_plan(plan, wants_colour()))

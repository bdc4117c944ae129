"""`pipes-projects deploy unlock`: show who holds a deployment's lock, or break it."""

from __future__ import annotations

from pathlib import Path

import click

from pipes_projects.cli.deploy.shared.options import which_branch
from pipes_projects.cli.deploy.shared.scene import refusals, scene_at
from pipes_projects.cli.streams import say
from pipes_projects.deploy.ledger.document import LockRecord
from pipes_projects.deploy.ledger.holders import is_dead
from pipes_projects.deploy.ledger.locks import COLLECTING, break_lock, holder

EXAMPLE = """\b
Examples:
  $ pipes-projects deploy unlock --branch feature/x
  $ pipes-projects deploy unlock --branch feature/x --force
"""


@click.command("unlock", epilog=EXAMPLE)
@which_branch
@click.option("--force", is_flag=True, help="Break the lock: its holder can ship nothing any more.")
def command(name: str, path: Path, branch: str | None, force: bool) -> None:
    """Show who holds the lock of a branch's deployment, since when, and whether they are alive.

    As a rule, nobody needs this: if the process that holds a lock has ended, the next one takes the
    lock, at once on the same machine, and elsewhere after a minute of silence. With --force, the
    lock is broken; a holder that is still alive finds out before anything is published. DEPLOYMENT
    is a deployer in deploy.py, and required if there are several. PATH is the project's folder, or
    any folder inside it.

    Exit codes: 0 shown, or broken, 2 wrong usage.
    """
    with refusals():
        site = scene_at(path).site(name, branch)
        held = {slug: holder(site.storage, slug) for slug in (site.checkout.slug, COLLECTING)}
        for slug, record in held.items():
            what = "the lock of `gc`" if slug == COLLECTING else f"the lock of `{slug}`"
            if record is not None:
                say(f"{what} is held by {_who(record)}")
                if force:
                    is_broken = break_lock(site.storage, slug)
                    say(f"{what} is broken" if is_broken else f"{what} has just changed hands")
            elif slug != COLLECTING:
                say(f"nobody holds {what}")


def _who(record: LockRecord) -> str:
    who = f"{record.user} on {record.host}, process {record.pid}, since {record.since}"
    return f"{who}, for `{record.doing}`: {_LIVES[is_dead(record)]}"


_LIVES = {
    True: "it has ended, and the next one takes the lock",
    False: "it is alive",
    None: "it is on another machine; if it is silent for a minute, the next one takes the lock",
}

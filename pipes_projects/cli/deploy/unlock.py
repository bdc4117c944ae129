"""`pipes-projects deploy unlock`: show who holds a deployment's lock, or break it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import click

from pipes_projects.cli.deploy.shared.options import as_json as json_option
from pipes_projects.cli.deploy.shared.options import which_branch
from pipes_projects.cli.deploy.shared.scene import refusals, scene_at
from pipes_projects.cli.streams import hand_over, say
from pipes_projects.deploy.ledger.document import LockRecord
from pipes_projects.deploy.ledger.holders import is_dead
from pipes_projects.deploy.ledger.locks import COLLECTING, break_lock, holder, is_unreadable
from pipes_projects.deploy.site import Site
from pipes_projects.text.plain import json_text

EXAMPLE = """\b
Examples:
  $ pipes-projects deploy unlock --branch feature/x
  $ pipes-projects deploy unlock --branch feature/x --force
"""


@click.command("unlock", epilog=EXAMPLE)
@which_branch
@click.option("--force", is_flag=True, help="Break the lock: its holder cannot ship any more.")
@json_option
def command(name: str, path: Path, branch: str | None, force: bool, as_json: bool) -> None:
    """Show who holds the lock of a branch's deployment, since when, and whether it is still alive.

    As a rule, nobody needs this: if the process that holds a lock has ended, the next one takes the
    lock, at once on the same machine, and elsewhere after a minute of silence. With --force, the
    lock is broken; a holder that is still alive finds out before anything is published. DEPLOYMENT
    is a deployer in deploy.py, and required if there are several. PATH is the project's folder, or
    any folder inside it.

    Exit codes: 0 shown, or broken, 2 wrong usage.
    """
    with refusals():
        site = scene_at(path).site(name, branch)
        locks = [_seen(site, slug) for slug in (site.checkout.slug, COLLECTING)]
        told = [_told(site, lock, force, as_json) for lock in locks]
    if as_json:
        hand_over(json_text({"version": 1, "locks": told}) + "\n")


class _Lock(NamedTuple):
    """The lock of a branch, or of `gc`."""

    slug: str
    is_held: bool
    record: LockRecord | None
    """Who holds it; None if nobody does, or the record cannot be read."""

    @property
    def name(self) -> str:
        return "the lock of `gc`" if self.slug == COLLECTING else f"the lock of `{self.slug}`"

    def plain(self, is_broken: bool) -> dict[str, Any]:
        """For programs."""
        record = self.record
        return {
            "lock": self.slug,
            "is_held": self.is_held,
            "holder": record.model_dump(mode="json") if record else None,
            "is_dead": is_dead(record) if record else None,
            "is_broken": is_broken,
        }


def _seen(site: Site, slug: str) -> _Lock:
    record = holder(site.storage, slug)
    return _Lock(slug, record is not None or is_unreadable(site.storage, slug), record)


def _told(site: Site, lock: _Lock, force: bool, as_json: bool) -> dict[str, Any]:
    """Shows a lock, and breaks it if that is wanted."""
    show = (lambda _: None) if as_json else say
    if lock.is_held:
        show(f"{lock.name} is held by {_who(lock.record)}")
    elif lock.slug != COLLECTING:
        show(f"nobody holds {lock.name}")
    if not (lock.is_held and force):
        return lock.plain(is_broken=False)
    is_broken = break_lock(site.storage, lock.slug)
    show(f"{lock.name} {'is broken' if is_broken else 'has just changed hands'}")
    return lock.plain(is_broken)


def _who(record: LockRecord | None) -> str:
    if record is None:
        return "somebody whose record cannot be read; after a minute of silence, the next takes it"
    who = f"{record.user} on {record.host}, process {record.pid}, since {record.since}"
    return f"{who}, for `{record.doing}`: {_LIVES[is_dead(record)]}"


_LIVES = {
    True: "it has ended, and the next one takes the lock",
    False: "it is alive",
    None: "it is on another machine; if it is silent for a minute, the next one takes the lock",
}

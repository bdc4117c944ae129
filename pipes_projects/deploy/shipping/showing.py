"""Storages that also show each branch's current version at a place of its own, such as Git."""

from __future__ import annotations

from pipes_projects.deploy.ledger.document import Ledger, Shipped
from pipes_projects.deploy.shipping.bundles import folder_of
from pipes_projects.deploy.storage.storage import Showing, Storage


def main_of(storage: Storage, shipped: Shipped) -> str | None:
    """The path of the file to run in its bundle's folder; None if only its deployer knows."""
    location = shipped.location or ""
    bundle = f"{storage.location(folder_of(shipped.hash, shipped.generation))}/"
    if location.startswith(bundle):
        return location.removeprefix(bundle)
    return storage.shown_path(location) if isinstance(storage, Showing) else None


def with_shown(storage: Storage, ledger: Ledger, path: str) -> Ledger:
    """The ledger that will be put at a path, with locations at the place that shows it, if there
    is one."""
    if not isinstance(storage, Showing):
        return ledger
    found = {script: main_of(storage, shipped) for script, shipped in ledger.ships.items()}
    mains = {script: main for script, main in found.items() if main}
    shipped = [ledger.ships[script] for script in mains] if ledger.state == "up" else []
    folders = sorted(folder_of(each.hash, each.generation) for each in shipped)
    start = storage.show(path, ledger.slug, folders, _message(ledger))
    if start is None:
        return ledger
    moved = {
        script: ledger.ships[script].model_copy(update={"location": f"{start}{main}"})
        for script, main in mains.items()
    }
    return ledger.model_copy(update={"ships": {**ledger.ships, **moved}})


def _message(ledger: Ledger) -> str:
    """What the history of that place says about it."""
    back = f": the code of version {ledger.rolled_back_to}" if ledger.rolled_back_to else ""
    commit = f"\n\nFrom {ledger.commit}, by {ledger.by}." if ledger.commit else ""
    return f"Version {ledger.number} of {ledger.branch}{back}{commit}"

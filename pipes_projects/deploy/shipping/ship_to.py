"""The ready-made deployer: it puts bundles on the storage that also has the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pipes_projects.deploy.owner.context import DeployContext
from pipes_projects.deploy.owner.deployer import Deployer
from pipes_projects.deploy.shipping.bundles import STORE, Bundle, files_of
from pipes_projects.deploy.storage.storage import Executing


def ship_to(
    at: str | Path,
    *,
    name: str | None = None,
    ttl: str | None = None,
    options: Mapping[str, Any] | None = None,
) -> Deployer:
    """Ships each script, with all that it needs, to a folder, or a URL that fsspec can open; or, as
    `git+ssh://git@host/deploy.git`, to a repository of Git.

    In a repository, each branch has one of its own, called `deploy/` and its slug, or as
    `options={"prefix": "dev/"}` says.

    The deployment is called `name`, or else after the variable that it is assigned to. After `ttl`,
    such as `"14d"`, what a branch has shipped may be collected. The storage is opened with
    `options`.
    """
    return Deployer(name, at, _up, ttl=ttl, options=options)


def _up(context: DeployContext) -> None:
    """Ledgers say what is already there, so the storage need not be asked about each file."""
    missing = {
        bundle.hash: bundle
        for bundle in context.bundles.values()
        if bundle.hash not in context.there
    }
    total = sum(len(bundle.files) for bundle in missing.values())
    if context.dry_run:
        context.log.info("%d of %d scripts are not there yet", len(missing), len(context.bundles))
        return
    if missing:
        files = _files(missing.values(), context.root)
        context.storage.create_all(files, lambda done: context.progress(done, total))
        if isinstance(context.storage, Executing):
            context.storage.make_executable(_executable(missing.values()))
    top = context.storage.location(STORE).removesuffix(STORE)
    for script, bundle in context.bundles.items():
        context.publish(script, f"{top}{bundle.folder}/{bundle.main}")


def _files(bundles: Iterable[Bundle], root: Path) -> Iterator[tuple[str, bytes]]:
    for bundle in bundles:
        yield from files_of(bundle, root)


def _executable(bundles: Iterable[Bundle]) -> list[str]:
    return [f"{bundle.folder}/{path}" for bundle in bundles for path in bundle.executable]

"""A project on each storage; what is asked of a storage does not grow with the project."""

import os
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipes_projects.deploy.collect import Keep, collect
from pipes_projects.deploy.deployed.version import Version
from pipes_projects.deploy.down import down
from pipes_projects.deploy.ledger.document import Ledger
from pipes_projects.deploy.site import Site
from pipes_projects.deploy.up import planned, roll_back, up
from tests.support.deployments.deployed import Deployed
from tests.support.repositories import git
from tests.support.servers.storages import SECRET, Storages, Where

RETURNS = "defs/sales/returns.py"


class Counting:
    """Counts the files that are put, and all else that is asked."""

    def __init__(self, storage: Any) -> None:
        self.storage, self.put, self.asked = storage, 0, 0

    def __getattr__(self, name: str) -> Any:
        value = getattr(self.storage, name)
        return self._counted(value) if callable(value) else value

    def _counted(self, verb: Callable[..., Any]) -> Callable[..., Any]:
        def ask(*arguments: Any, **options: Any) -> Any:
            self.asked += 1
            return verb(*arguments, **options)

        return ask

    def create_all(self, files: Iterable[tuple[str, bytes]], progress: Any = None) -> None:
        """Each file is counted."""
        listed = list(files)
        self.put += len(listed)
        self.storage.create_all(listed, progress)


def counted(site: Site) -> Counting:
    counting = Counting(site.storage)
    up(replace(site, storage=counting))
    return counting


def hashes(ledger: Ledger) -> dict[str, str]:
    return {script: shipped.hash for script, shipped in ledger.ships.items()}


def test_a_branch_lives_and_ends_on_each_storage(tmp_path: Path, where: Where) -> None:
    text = f"from pipes_projects.deploy import ship_to\n\ndev = ship_to({where.at!r}, options="
    deployed = Deployed(tmp_path / "project", f"{text}{where.options!r})\n")
    first = up(deployed.site()).ledger
    deployed.switch("Feature/X")
    deployed.change(RETURNS, "print('mine')\n")
    second = up(deployed.site()).ledger
    assert first is not None
    assert second is not None
    storage = deployed.site().storage
    for ledger, text in ((first, "print('hello')\n"), (second, "print('mine')\n")):
        shipped = ledger.ships[RETURNS]
        assert storage.read(f"store/{shipped.hash[:16]}/{RETURNS}") == text.encode()
        is_git = where.at.startswith("git+")
        end = f"#{RETURNS}" if is_git else f"store/{shipped.hash[:16]}/{RETURNS}"
        assert str(shipped.location).endswith(end)
        assert SECRET not in ledger.model_dump_json()
    deployed.change(RETURNS, "print('worse')\n")
    assert up(deployed.site()).is_new
    back = roll_back(deployed.site(), 1).ledger
    assert back is not None
    assert hashes(back) == hashes(second)
    assert down(deployed.site()).was_up
    deployed.switch("main")
    git(deployed.root, "branch", "--quiet", "-D", "Feature/X")
    assert not [item for item in deployed.collect(Keep(1, -1)) if item.failure]
    left = {f"store/{entry.name}" for entry in storage.entries("store")}
    assert left == {f"store/{shipped.hash[:16]}" for shipped in first.ships.values()}
    assert deployed.site().current() == first


def test_a_helper_that_is_called_directly_runs_from_each_storage(
    tmp_path: Path, where: Where, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    text = f"from pipes_projects.deploy import ship_to\n\ndev = ship_to({where.at!r}, options="
    deployed = Deployed(tmp_path / "project", f"{text}{where.options!r})\n")
    deployed.write("defs/sales/returns.yaml", "code_paths: [tool.sh]\n")
    tool = deployed.write("defs/sales/tool.sh", "#!/bin/sh\necho it runs\n")
    up(deployed.site())
    tool.chmod(0o750)
    (shipment,) = planned(deployed.site()).of("changed")
    assert shipment.why == ("defs/sales/tool.sh",)
    ledger = up(deployed.site()).ledger
    assert ledger is not None
    copy = Version(ledger, deployed.site().storage).copy(RETURNS)
    words = [str(copy.file.with_name("tool.sh"))]
    assert subprocess.run(words, capture_output=True, text=True, check=True).stdout == "it runs\n"
    assert not os.access(copy.file, os.X_OK)


def test_many_bundles_are_removed_in_few_requests(tmp_path: Path, storages: Storages) -> None:
    where = storages.fresh("s3")
    text = f"from pipes_projects.deploy import ship_to\n\ndev = ship_to({where.at!r}, options="
    deployed = Deployed(tmp_path / "project", f"{text}{where.options!r})\n")
    first = up(deployed.site()).ledger
    assert first is not None
    names = [f"store/{number:016x}/defs/{part}.py" for number in range(40) for part in "ab"]
    site = deployed.site()
    site.storage.create_all((name, b"") for name in names)
    requests = Requests(site.storage)
    found = collect(replace(site, storage=requests), lambda: frozenset({"main"}), Keep(1, -1))
    assert len([item for item in found if item.what == "bundle" and not item.failure]) == 40
    left = {f"store/{entry.name}" for entry in site.storage.entries("store")}
    assert left == {f"store/{shipped.hash[:16]}" for shipped in first.ships.values()}
    assert requests.asked < 35


class Requests(Counting):
    """Counts everything that is asked, and knows how to list."""

    def files_below(self, folder: str) -> list[str]:
        self.asked += 1
        found: list[str] = self.storage.files_below(folder)
        return found


@pytest.mark.parametrize("scripts", [3, 60])
def test_only_what_changed_is_put_and_nothing_is_asked_for_each_file(
    tmp_path: Path, scripts: int
) -> None:
    deployed = Deployed(tmp_path / "project")
    for number in range(scripts):
        deployed.asset(f"many/s{number}", script=f"print({number})\n")
    counted(deployed.site())
    deployed.change("defs/many/s1.py", "print('new')\n")
    again = counted(deployed.site())
    assert again.put == 1
    deployed.switch("x")
    branch = counted(deployed.site())
    assert branch.put == 0
    assert max(again.asked, branch.asked) < 20

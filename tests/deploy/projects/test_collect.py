"""What branches leave behind is removed: all is attempted, all is reported, nothing that counts."""

import json
import os
import time
from pathlib import Path

import pytest

from pipes_projects.deploy.branch.branches import branches_of
from pipes_projects.deploy.collect import Keep
from pipes_projects.deploy.errors import DeployError
from pipes_projects.deploy.leftovers import Collected
from pipes_projects.deploy.up import up
from tests.support.deployments.deployed import Deployed
from tests.support.repositories import commit, git, init

RETURNS = "defs/sales/returns.py"
AT_ONCE = Keep(versions=1, seconds=-1)
PRODUCTION = "`main` is the production branch; `--yes-production` takes it down all the same"
FAILING = """
from pipes_projects.deploy import deployer

@deployer("dev", at="shipped", ttl="14d")
def up(context):
    pass

@up.down
def down(context):
    if context.branch == "bad":
        raise TimeoutError("far")
"""


@pytest.fixture
def deployed(tmp_path: Path) -> Deployed:
    """With a branch that is gone again, and its own script."""
    made = Deployed(tmp_path / "project")
    up(made.site())
    made.switch("x")
    made.change(RETURNS, "print('mine')\n")
    up(made.site())
    made.switch("main")
    return made


def bundles(deployed: Deployed) -> set[str]:
    return {bundle.name for bundle in (deployed.shipped / "store").iterdir()}


def needed(deployed: Deployed, branch: str = "main") -> set[str]:
    ledger = deployed.site(branch).current()
    assert ledger is not None
    return {shipped.hash[:16] for shipped in ledger.ships.values()}


def named(found: list[Collected], what: str) -> list[str]:
    return [item.name for item in found if item.what == what and item.failure is None]


def grow_old(deployed: Deployed, days: float) -> None:
    then = time.time() - days * 86_400
    for path in (deployed.shipped / "deployments").rglob("*.json"):
        os.utime(path, (then, then))


def test_a_branch_that_is_gone_is_taken_down_with_its_bundles(deployed: Deployed) -> None:
    assert not deployed.collect(AT_ONCE)
    git(deployed.root, "branch", "--quiet", "-D", "x")
    found = deployed.collect(AT_ONCE)
    assert next((item.what, item.name, item.why) for item in found) == (
        "deployment", "x", "the branch `x` is gone",
    )  # fmt: skip
    assert len(named(found, "bundle")) == 1
    assert bundles(deployed) == needed(deployed)
    assert not (deployed.shipped / "deployments/x").is_dir() or not any(
        (deployed.shipped / "deployments/x").iterdir()
    )
    assert not deployed.collect(AT_ONCE)


def test_the_lock_of_a_branch_of_which_nothing_is_left_goes(deployed: Deployed) -> None:
    git(deployed.root, "branch", "--quiet", "-D", "x")
    deployed.collect()
    locks = deployed.shipped / "locks"
    assert {lock.name for lock in locks.iterdir()} == {"_gc", "main", "x"}
    deployed.collect(AT_ONCE)
    assert {lock.name for lock in locks.iterdir()} == {"_gc", "main"}
    deployed.switch("x")
    assert up(deployed.site()).is_new


def test_what_is_young_stays_for_runs_that_looked_it_up(deployed: Deployed) -> None:
    git(deployed.root, "branch", "--quiet", "-D", "x")
    before = bundles(deployed)
    assert named(deployed.collect(), "bundle") == []
    assert bundles(deployed) == before
    grow_old(deployed, 8)
    assert len(named(deployed.collect(), "bundle")) == 1


def test_old_versions_go_by_age_and_number(deployed: Deployed) -> None:
    for number in range(4):
        deployed.change(RETURNS, f"print({number})\n")
        up(deployed.site())
    git(deployed.root, "branch", "--quiet", "-D", "x")
    assert deployed.collect(Keep(versions=2))
    assert len(deployed.site().ledgers.numbers()) == 5
    grow_old(deployed, 8)
    deployed.collect(Keep(versions=2))
    assert deployed.site().ledgers.numbers() == [4, 5]
    assert needed(deployed) <= bundles(deployed)


def test_a_dry_run_says_the_same_and_removes_nothing(deployed: Deployed) -> None:
    for number in range(3):
        deployed.change(RETURNS, f"print({number})\n")
        up(deployed.site())
    before = sorted(deployed.shipped.rglob("*"))
    would = deployed.collect(AT_ONCE, dry_run=True)
    assert sorted(deployed.shipped.rglob("*")) == before
    assert deployed.collect(AT_ONCE) == would


def test_past_its_ttl_a_deployment_goes_but_never_productions(tmp_path: Path) -> None:
    deployed = Deployed(tmp_path / "project", FAILING)
    up(deployed.site())
    deployed.switch("x")
    up(deployed.site())
    deployed.switch("main")
    grow_old(deployed, 13)
    assert named(deployed.collect(), "deployment") == []
    grow_old(deployed, 15)
    assert named(deployed.collect(), "deployment") == ["x"]


def test_what_fails_is_reported_kept_and_tried_again(tmp_path: Path) -> None:
    deployed = Deployed(tmp_path / "project", FAILING)
    for branch in ("bad", "good"):
        deployed.switch(branch)
        up(deployed.site())
    deployed.switch("main")
    git(deployed.root, "branch", "--quiet", "-D", "bad", "good")
    found = {item.name: item for item in deployed.collect() if item.what == "deployment"}
    assert found["good"].failure is None
    assert "TimeoutError: far" in str(found["bad"].failure)
    ledger = deployed.site("bad").current()
    assert ledger is not None
    assert (ledger.state, len(ledger.ships)) == ("down", 2)
    (again,) = (item for item in deployed.collect() if item.what == "deployment")
    assert (again.name, again.why) == ("bad", "it is down, and not all of it was removed")
    deployed.write("deploy.py", FAILING.replace('"bad"', '"fine"'))
    assert named(deployed.collect(), "deployment") == ["bad"]


def test_what_was_removed_before_a_storage_failed_is_reported_too(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(deployed.root, "branch", "--quiet", "-D", "x")

    def refuse(*_: object, **__: object) -> None:
        raise DeployError("others deploy", "try again")

    monkeypatch.setattr("pipes_projects.deploy.collect.collecting", refuse)
    gone, failed = deployed.collect(AT_ONCE)
    assert (gone.what, gone.name, gone.failure) == ("deployment", "x", None)
    assert (failed.name, failed.failure) == ("of dev", "others deploy; try again")
    with pytest.raises(DeployError, match="others deploy"):
        deployed.collect(AT_ONCE)


def test_production_is_not_collected_though_its_branch_is_gone(deployed: Deployed) -> None:
    git(deployed.root, "switch", "--quiet", "x")
    git(deployed.root, "branch", "--quiet", "-D", "main")
    (refused,) = deployed.collect(AT_ONCE)
    assert (refused.name, refused.failure) == ("main", PRODUCTION)
    assert named(deployed.collect(AT_ONCE, yes_production=True), "deployment") == ["main"]


def test_what_was_production_by_another_setting_is_not_collected(deployed: Deployed) -> None:
    deployed.switch("x")
    git(deployed.root, "branch", "--quiet", "-D", "main")
    deployed.write("pyproject.toml", '[tool.pipes-projects.deploy]\nproduction = "live"\n')
    (refused,) = deployed.collect(AT_ONCE)
    assert refused.failure == PRODUCTION


def test_a_fork_is_left_to_its_ttl(deployed: Deployed) -> None:
    up(deployed.site("someone:x"))
    assert named(deployed.collect(AT_ONCE), "deployment") == []


def test_where_a_version_cannot_be_read_no_bundle_is_removed(deployed: Deployed) -> None:
    path = deployed.shipped / "deployments/x/000001.json"
    before = path.read_text()
    git(deployed.root, "branch", "--quiet", "-D", "x")
    for text in ("{", json.dumps({**json.loads(before), "format": 2})):
        path.unlink()
        path.write_text(text)
        found = deployed.collect(AT_ONCE)
        assert [item.what for item in found if item.failure] == ["versions", "bundles"]
        assert len(bundles(deployed)) == 3
        assert path.exists()


def test_a_ledger_that_names_another_branch_takes_none_down(deployed: Deployed) -> None:
    path = deployed.shipped / "deployments/x/000001.json"
    path.write_text(path.read_text().replace('"branch": "x"', '"branch": "y"'))
    (told,) = deployed.collect(AT_ONCE)
    assert "is not the slug of the branch `y`, which its version 1 names; " in str(told.failure)
    assert deployed.site().ledgers.numbers() == [1]
    assert len(bundles(deployed)) == 3


def test_bundles_that_a_killed_up_left_and_unfinished_files_go(deployed: Deployed) -> None:
    (deployed.shipped / "store/0123456789abcdef/defs").mkdir(parents=True)
    unfinished = deployed.shipped / ".unfinished"
    for name, days in (("old", 2.0), ("new", 0.1)):
        (unfinished / name).write_text("half")
        then = time.time() - days * 86_400
        os.utime(unfinished / name, (then, then))
    found = deployed.collect()
    assert named(found, "bundle") == ["store/0123456789abcdef"]
    assert named(found, "unfinished") == [".unfinished/old"]
    assert (unfinished / "new").exists()


def test_the_remote_is_asked_which_branches_there_are(tmp_path: Path) -> None:
    far, near = tmp_path / "far", tmp_path / "near"
    far.mkdir()
    init(far)
    commit(far)
    git(far, "branch", "team/x")
    git(tmp_path, "clone", "--quiet", "--depth=1", "--single-branch", far.as_uri(), "near")
    assert branches_of(near) == {"main", "team/x"}
    git(far, "branch", "-D", "team/x")
    assert branches_of(near) == {"main"}


def test_a_branch_without_a_commit_exists_where_it_is_checked_out(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--initial-branch", "team/new")
    assert branches_of(tmp_path) == {"team/new"}


def test_where_the_remote_does_not_answer_nothing_is_taken_for_gone(deployed: Deployed) -> None:
    git(deployed.root, "remote", "add", "origin", str(deployed.root / "nowhere"))
    git(deployed.root, "branch", "--quiet", "-D", "x")
    with pytest.raises(DeployError, match="which branches exist cannot be determined"):
        branches_of(deployed.root)
    (told,) = deployed.collect(AT_ONCE)
    assert "cannot be determined" in str(told.failure)
    assert needed(deployed, "x") <= bundles(deployed)

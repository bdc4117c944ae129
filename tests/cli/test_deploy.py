"""`pipes-projects deploy`, as people and CI call it."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from time import monotonic, sleep

import pytest

from pipes_projects.cli.deploy.shared.telling import _Progress
from tests.support.deployments.deployed import SHIP_TO, Deployed
from tests.support.in_process import Answer, call
from tests.support.repositories import commit, git

COMMANDS = ["plan", "up", "down", "list", "show", "gc", "unlock"]
RETURNS = "defs/sales/returns.py"
BEFORE = "the version before it counts"
CI = ("GITHUB_ACTIONS", "GITLAB_CI", "TF_BUILD", "BUILDKITE", "CIRCLECI", "JENKINS_URL")
SLOW = """
import time
from pathlib import Path
from pipes_projects.deploy import deployer

@deployer("dev", at="shipped")
def up(context):
    (context.root / "started").write_text("")
    WAIT
"""


@pytest.fixture(autouse=True)
def _at_a_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the tests run in CI, its branch is none of theirs."""
    for name in (*CI, "BITBUCKET_BUILD_NUMBER", "PIPES_PROJECTS_BRANCH"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def deployed(tmp_path: Path) -> Deployed:
    return Deployed(tmp_path / "project")


def deploy(deployed: Deployed, *arguments: str) -> Answer:
    return call("deploy", *arguments, cwd=deployed.root)


def printed(deployed: Deployed, *arguments: str, code: int = 0) -> str:
    answer = deploy(deployed, *arguments)
    assert answer.code == code, answer.err.decode()
    return (answer.out if code == 0 else answer.err).decode()


@pytest.mark.parametrize("command", COMMANDS)
def test_help_teaches(deployed: Deployed, command: str) -> None:
    text = printed(deployed, command, "--help")
    for part in ("Examples:", "Exit codes:", "DEPLOYMENT", "PATH", "--target NAME"):
        assert part in text
    assert command in printed(deployed, "--help")


def test_a_branch_from_the_first_plan_to_its_end(deployed: Deployed) -> None:
    plan = "main of dev: version 1\n  new  defs/sales/orders.py\n  new  defs/sales/returns.py\n"
    assert printed(deployed, "plan") == plan
    assert printed(deployed, "up") == "main of dev is up, as version 1: 2 new, 0 as they were\n"
    assert printed(deployed, "up") == "main of dev was up, as version 1: there is nothing to do\n"
    assert printed(deployed, "plan") == (
        "main of dev: everything is as version 1 has it\n  2 scripts are as shipped\n"
    )
    deployed.switch("Feature/X")
    assert printed(deployed, "up") == (
        "Feature/X (feature-x-02cc1910) of dev is up, as version 1: 2 as on `main`\n"
    )
    deployed.change("defs/sales/_prices.py", "ALL = 2\n")
    assert printed(deployed, "plan") == (
        "Feature/X (feature-x-02cc1910) of dev: version 2, in place of 1\n"
        "  changed  defs/sales/orders.py  defs/sales/_prices.py differs\n"
        "  1 script is as shipped\n"
    )
    printed(deployed, "up", "dev", ".")
    assert [line.split()[:3] for line in printed(deployed, "list").splitlines()[1:]] == [
        ["dev", "Feature/X", "2"], ["dev", "main", "1"],
    ]  # fmt: skip
    assert printed(deployed, "up", "--to", "1") == (
        "Feature/X (feature-x-02cc1910) of dev is up, as version 3: the code of version 1\n"
    )
    deployed.switch("main")
    git(deployed.root, "branch", "--quiet", "-D", "Feature/X")
    gone = "deployment Feature/X, because the branch `Feature/X` is gone\n"
    assert printed(deployed, "gc", "--dry-run") == f"would be removed: {gone}"
    assert printed(deployed, "gc") == f"removed: {gone}"
    assert printed(deployed, "gc") == "there is nothing to remove\n"
    assert (
        printed(deployed, "down", "--branch", "Feature/X") == "Feature/X was down, as version 5\n"
    )


def test_the_help_of_plan_shows_what_it_prints(deployed: Deployed) -> None:
    for script in ("more", "other"):
        deployed.asset(f"sales/{script}")
    (deployed.root / RETURNS).unlink()
    (deployed.root / RETURNS).with_suffix(".yaml").unlink()
    deployed.switch("feature/x")
    printed(deployed, "up")
    deployed.change("defs/sales/_prices.py", "ALL = 2\n")
    deployed.asset("sales/returns")
    example = printed(deployed, "plan", "--help").partition("in place of 6\n")[2]
    told = printed(deployed, "plan").partition("in place of 1\n")[2]
    assert [line.strip() for line in example.splitlines()[:3]] == [
        line.strip() for line in told.splitlines()
    ]


def test_a_plan_without_scripts_is_for_the_first_version(deployed: Deployed) -> None:
    shutil.rmtree(deployed.root / "defs/sales")
    assert printed(deployed, "plan") == "main of dev: version 1\n"
    assert printed(deployed, "up") == "main of dev is up, as version 1: 0 as they were\n"


def test_one_script_is_as_it_was(deployed: Deployed) -> None:
    printed(deployed, "up")
    deployed.change("defs/sales/_prices.py", "ALL = 2\n")
    assert printed(deployed, "up") == "main of dev is up, as version 2: 1 changed, 1 as it was\n"


def test_the_first_version_of_a_branch_is_compared_with_its_base(deployed: Deployed) -> None:
    printed(deployed, "up")
    deployed.switch("x")
    deployed.asset("sales/more")
    deployed.change("defs/sales/_prices.py", "ALL = 2\n")
    counts = "1 new, 1 unlike `main`, 1 as on `main`"
    assert printed(deployed, "up") == f"x of dev is up, as version 1: {counts}\n"


def test_programs_are_told_the_same(deployed: Deployed) -> None:
    plan = json.loads(printed(deployed, "plan", "--json"))
    assert [shipment["what"] for shipment in plan["shipments"]] == ["new", "new"]
    told = json.loads(printed(deployed, "up", "--json"))
    assert (told["is_new"], told["ledger"]["number"], told["plan"]["number"]) == (True, 1, 1)
    assert json.loads(printed(deployed, "plan", "--json", "--only-changed"))["shipments"] == []
    (listed,) = json.loads(printed(deployed, "list", "--json"))["deployments"]
    assert (listed["branch"], listed["state"]) == ("main", "up")
    (version,) = json.loads(printed(deployed, "show", "--json"))["versions"]
    assert version == told["ledger"]
    assert json.loads(printed(deployed, "gc", "--json"))["removed"] == []
    down = json.loads(printed(deployed, "down", "--yes-production", "--json"))
    assert (down["was_up"], down["ledger"]["state"]) == (True, "down")


@pytest.mark.parametrize("command", ["plan", "up", "list", "show", "gc", "unlock"])
def test_a_target_is_a_deployment(deployed: Deployed, command: str) -> None:
    deployed.change("deploy.py", f"{SHIP_TO}prod = ship_to('shipped/prod')\n")
    printed(deployed, "up", "prod")
    named = printed(deployed, command, "prod")
    if command == "up":
        assert named == "main of prod was up, as version 1: there is nothing to do\n"
    for arguments in (("prod",), ("prod", str(deployed.root)), (str(deployed.root),), ()):
        assert printed(deployed, command, *arguments, "--target", "prod") == named


def test_a_dry_run_of_down_says_what_would_be_taken_down(deployed: Deployed) -> None:
    asked = ("down", "--branch", "x", "--dry-run")
    assert printed(deployed, *asked) == "x was never deployed\n"
    printed(deployed, "up", "--branch", "x")
    assert printed(deployed, *asked) == "x would be taken down: it has version 1\n"
    assert json.loads(printed(deployed, *asked, "--json"))["ledger"]["state"] == "up"
    printed(deployed, "down", "--branch", "x")
    assert printed(deployed, *asked) == "x was down, as version 3\n"


def test_a_target_is_taken_down(deployed: Deployed) -> None:
    printed(deployed, "up", "--target", "dev", "--branch", "x")
    assert printed(deployed, "down", "--branch", "x", "--target", "dev") == (
        "x is down, as version 3\n"
    )


def test_a_lock_that_cannot_be_read_is_told_and_broken(deployed: Deployed) -> None:
    printed(deployed, "up")
    locks = deployed.shipped / "locks/main"
    number = int(max(locks.iterdir()).stem) + 1
    (locks / f"{number:06}.json").write_text("{")
    assert "is held by somebody whose record cannot be read" in printed(deployed, "unlock")
    assert printed(deployed, "unlock", "--force").endswith("the lock of `main` is broken\n")
    assert printed(deployed, "unlock") == "nobody holds the lock of `main`\n"


@pytest.mark.parametrize("command", ["plan", "up"])
def test_a_branch_that_is_not_checked_out_is_noted(deployed: Deployed, command: str) -> None:
    """What is shipped under its name is the code that is here."""
    noted = "Note: the code of x is what is checked out here, main; for its own, `git switch x`\n"
    assert deploy(deployed, command, "--branch", "x").err.decode() == noted
    for same in ("main", "owner:main"):
        assert deploy(deployed, command, "--branch", same).err == b""


def test_the_history_and_where_scripts_are(deployed: Deployed) -> None:
    printed(deployed, "up")
    deployed.write(RETURNS, "print('mine')\n")
    printed(deployed, "up")
    head, first, second = printed(deployed, "show").splitlines()
    assert head.split() == ["version", "state", "at", "by", "commit", "scripts"]
    assert (first.split()[0], second.split()[0]) == ("1", "2")
    assert "and changes" in second
    where = dict(line.split() for line in printed(deployed, "show", "--number", "2").splitlines())
    assert Path(where[RETURNS]).read_text() == "print('mine')\n"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("down",), "`main` is the production branch; `--yes-production` takes it down"),
        (("up", "--to", "7"), "`main` has no version 7 that was up; "),
        (("up", "--to", "1", "--dry-run"), "`--to` ships nothing: give it alone"),
        (("up", "dve"), "no deployment is called `dve`; a deployment with a similar name exists"),
        (("up", "--branch", "a b"), "`a b` is not a branch's name"),
        (("show", "--branch", "x"), "`x` was never deployed to `dev`; "),
        (("show", "--number", "3"), "`main` has no version 3; it has 1"),
        (("gc", "--keep-for", "long"), "'long' is not a time; "),
        (("plna",), "no command is called `plna`; a command with a similar name exists: `plan`"),
        (("up", "dev", "nowhere"), "nowhere"),
        (("up", "--target", "dve"), "no deployment is called `dve`; a deployment with a similar"),
        (("up", "dev", "--target", "prod"), "`--target prod` and `dev` name two deployments"),
        (("up", "x", ".", "--target", "dev"), "`--target dev` and `x` name two deployments"),
    ],
)
def test_wrong_use_is_told_in_a_sentence(
    deployed: Deployed, arguments: tuple[str, ...], expected: str
) -> None:
    printed(deployed, "up")
    before = sorted(deployed.shipped.rglob("*.json"))
    text = printed(deployed, *arguments, code=2)
    assert expected in text
    assert "Traceback" not in text
    assert [
        document
        for document in sorted(deployed.shipped.rglob("*.json"))
        if "locks" not in str(document)
    ] == [document for document in before if "locks" not in str(document)]


def test_bad_surroundings_are_told_in_a_sentence(deployed: Deployed) -> None:
    git(deployed.root, "switch", "--quiet", "--detach")
    assert "HEAD is detached; check a branch out" in printed(deployed, "up", code=2)
    deployed.write("deploy.py", "1 / 0\n")
    assert "deploy.py:1 cannot be read: ZeroDivisionError" in printed(deployed, "up", code=2)
    (deployed.root / "deploy.py").unlink()
    assert "there is no deploy.py that says where scripts go" in printed(deployed, "list", code=2)


def test_a_fork_plans_but_ships_nothing(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "BUILDKITE": "true", "BUILDKITE_BRANCH": "main", "BUILDKITE_PULL_REQUEST": "7",
        "BUILDKITE_PULL_REQUEST_REPO": "git://example.com/someone/app.git",
        "BUILDKITE_REPO": "git://example.com/team/app.git",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    assert printed(deployed, "plan").startswith("someone:main (someone-main-")
    refused = printed(deployed, "up", code=2)
    assert "is a branch of a fork, which nobody here has looked at; once somebody has, " in refused
    assert refused.endswith("`--branch someone:main` ships it\n")
    assert not deployed.shipped.exists()


def test_a_project_with_errors_is_not_shipped(deployed: Deployed) -> None:
    deployed.asset("sales/broken", "kind: nothing\n")
    for command in ("plan", "up"):
        assert "see `pipes-projects check`" in printed(deployed, command, code=1)
    assert not deployed.shipped.exists()


def test_edits_of_a_ledger_are_told_and_nothing_is_changed(deployed: Deployed) -> None:
    printed(deployed, "up")
    path = deployed.shipped / "deployments/main/000001.json"
    whole = json.loads(path.read_text())
    for edited in ("{", json.dumps({**whole, "format": 2}), json.dumps({**whole, "branch": "x"})):
        path.unlink()
        path.write_text(edited)
        for command in ("plan", "up", "show"):
            text = printed(deployed, command, code=2)
            assert text.startswith("Error: ")
            assert text.count("\n") == 1
        assert path.read_text() == edited


def test_what_cannot_be_removed_is_reported(deployed: Deployed) -> None:
    printed(deployed, "up")
    (deployed.shipped / "deployments/main/000001.json").write_text("{")
    document, bundles = printed(deployed, "gc", code=1).splitlines()
    assert document.startswith("Error: versions of main could not be removed: `deployments/main/")
    assert document.endswith("put back what it said, or remove that file, so that " + BEFORE)
    assert bundles.startswith("Error: bundles that no version needs could not be removed: a versio")


def test_a_list_without_what_cannot_be_read_says_what_to_do(deployed: Deployed) -> None:
    printed(deployed, "up")
    path = deployed.shipped / "deployments/main/000001.json"
    path.write_text(path.read_text().replace('"format": 1', '"format": 2'))
    newer = printed(deployed, "list", code=1)
    assert newer.startswith("Error: `deployments/main/000001.json`")
    assert newer.endswith("by a newer version of pipes-projects; upgrade pipes-projects here\n")


def test_a_dry_run_of_up_ships_nothing(deployed: Deployed) -> None:
    answer = deploy(deployed, "up", "--dry-run")
    assert answer.out.decode().startswith("main of dev: version 1\n")
    assert answer.err.decode() == "2 of 2 scripts are not there yet\n"
    assert not deployed.shipped.exists()


def test_all_deployments_are_collected_though_one_cannot_be(deployed: Deployed) -> None:
    text = "from pipes_projects.deploy import ship_to\n\n"
    deployed.write("file", "no folder")
    deployed.write("deploy.py", f"{text}one = ship_to('file')\ntwo = ship_to('shipped')\n")
    printed(deployed, "up", "two", "--branch", "x")
    answer = deploy(deployed, "gc")
    assert answer.code == 1
    assert answer.out.decode() == "removed from two: deployment x, because the branch `x` is gone\n"
    assert answer.err.decode().startswith("Error: leftovers of one could not be removed: ")
    assert deploy(deployed, "list").code == 1
    assert "there are several deployments; name one: `one`, `two`" in printed(
        deployed, "up", code=2
    )


def test_progress_is_told_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    progress = _Progress()
    progress(1, 20_000)
    progress.every = 0
    progress(12_000, 20_000)
    assert capsys.readouterr().err == "12,000 of 20,000 files are there\n"


def _begun(deployed: Deployed) -> subprocess.Popen[str]:
    """An `up` that is in the middle of the owner's function."""
    process = subprocess.Popen(
        [sys.executable, "-m", "pipes_projects", "deploy", "up"],
        cwd=deployed.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    until = monotonic() + 60
    while not (deployed.root / "started").exists() and monotonic() < until:
        sleep(0.02)
    return process


@pytest.fixture
def slow(tmp_path: Path) -> Deployed:
    made = Deployed(tmp_path / "project", SLOW.replace("WAIT", ""))
    made.write(".gitignore", "shipped/\nstarted\n__pycache__/\n")
    commit(made.root)
    printed(made, "up")
    (made.root / "started").unlink()
    made.write("deploy.py", SLOW.replace("WAIT", "time.sleep(60)"))
    made.change(RETURNS, "print('mine')\n")
    return made


def test_ctrl_c_leaves_the_version_before_and_prints_no_traceback(slow: Deployed) -> None:
    process = _begun(slow)
    os.kill(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err.strip()) == (130, "", "stopped")
    assert len(printed(slow, "show").splitlines()) == 2
    assert printed(slow, "unlock") == "nobody holds the lock of `main`\n"


def test_unlock_tells_who_holds_the_lock_and_whether_it_lives(slow: Deployed) -> None:
    process = _begun(slow)
    held = printed(slow, "unlock")
    own, collecting = json.loads(printed(slow, "unlock", "--json"))["locks"]
    assert (own["lock"], own["is_held"], own["is_dead"]) == ("main", True, False)
    assert own["holder"]["pid"] == process.pid
    assert (collecting["lock"], collecting["is_held"]) == ("_gc", False)
    assert re.search(
        rf"the lock of `main` is held by \S+ on \S+, process {process.pid}, since \S+, for `up`: it"
        r" is alive\n",
        held,
    )
    process.kill()
    process.communicate(timeout=60)
    assert "it has ended, and the next one takes the lock" in printed(slow, "unlock")
    assert "the lock of `main` is broken" in printed(slow, "unlock", "--force")
    assert printed(slow, "unlock") == "nobody holds the lock of `main`\n"
    slow.write("deploy.py", SLOW.replace("WAIT", ""))
    assert "is up, as version 2" in printed(slow, "up")

"""What docs/deploy.md promises: a stakeholder with nothing but git has a branch of their own.

Its workflows are taken out of the page, linted, and run.
"""

import json
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from ruamel.yaml import YAML

from tests.support.dagster.running import load, materialize
from tests.support.folder import Folder
from tests.support.pages.deploy_page import OF_CI, PAGE
from tests.support.pages.forge import Event, Forge
from tests.support.pages.workflows import (
    follow_githubs_schema,
    follow_gitlabs_schema,
    give_zizmor_nothing_to_warn_of,
    program,
    shell,
)
from tests.support.repositories import commit, git

TEXT = PAGE.read_text("utf-8")


def block(mark: str) -> str:
    return TEXT.partition(f"<!-- {mark} -->\n```yaml\n")[2].partition("```\n<!-- /")[0]


GITHUB, GITLAB = block("github"), block("gitlab")
JOBS = YAML(typ="safe").load(GITHUB)["jobs"]
OF_GITLAB = YAML(typ="safe").load(GITLAB)
BRANCH = "feature/tax"
DEPLOY = "from pipes_projects.deploy import ship_to\n\ndev = ship_to({!r}, ttl='14d')\n"
DEFINITIONS = TEXT.partition("# definitions.py\n")[2].partition("```")[0]
ORDERS = """\
from _prices import with_tax
from dagster_pipes import open_dagster_pipes

with open_dagster_pipes() as pipes:
    where = pipes.get_extra("deployment")["branch"]
    pipes.report_asset_materialization(metadata={"price": with_tax(100), "where": where})
"""


def test_the_workflow_is_one_by_githubs_schema(tmp_path: Path) -> None:
    follow_githubs_schema(GITHUB, tmp_path)


def test_the_workflow_gives_zizmor_nothing_to_warn_of(tmp_path: Path) -> None:
    give_zizmor_nothing_to_warn_of(GITHUB, tmp_path)


def test_the_jobs_are_some_by_gitlabs_schema(tmp_path: Path) -> None:
    follow_gitlabs_schema(GITLAB, tmp_path)


@pytest.fixture
def forge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Forge:
    """With a project of its owner's, on `main`."""
    for name in OF_CI:
        monkeypatch.delenv(name, raising=False)
    made = Forge(tmp_path)
    project = Folder(made.clone())
    project.write("deploy.py", DEPLOY.format(str(tmp_path / "shipped")))
    project.write("definitions.py", DEFINITIONS)
    project.write(".gitignore", "__pycache__/\n")
    project.asset("sales/orders", script=ORDERS)
    project.asset("sales/returns", "deps: [sales/orders]\n")
    project.write("defs/sales/_prices.py", "def with_tax(price):\n    return price + 20\n")
    commit(project.root)
    git(project.root, "push", "--quiet", "origin", "main")
    return made


def pushed_by_a_stakeholder(forge: Forge) -> str:
    """A change of a script and of a manifest, made with git and an editor; its commit."""
    clone = Folder(forge.clone())
    git(clone.root, "switch", "--quiet", "--create", BRANCH)
    clone.write("defs/sales/_prices.py", "def with_tax(price):\n    return price + 25\n")
    clone.write("defs/sales/orders.yaml", "tags: {tier: gold}\n")
    head = commit(clone.root)
    git(clone.root, "push", "--quiet", "origin", BRANCH)
    return head


def merge(forge: Forge, head: str) -> None:
    clone = forge.clone()
    git(clone, "merge", "--quiet", "--no-ff", "--message", "merge", head)
    git(clone, "push", "--quiet", "origin", "main")
    git(clone, "push", "--quiet", "origin", "--delete", BRANCH)


def made(forge: Forge, branch: str) -> dict[str, Any]:
    """What Dagster makes of `orders` in a clone of a branch."""
    clone = forge.clone("--branch", branch)
    outcome = materialize(load(clone / "definitions.py"), forge.folder / "home" / clone.name)
    assert outcome.success, outcome.failures
    assert outcome.made == {"sales/orders", "sales/returns"}
    return dict(outcome.metadata["sales/orders"])


def states(forge: Forge) -> dict[str, tuple[str, str | None, str | None]]:
    told = program("pipes-projects", "deploy", "list", "--json", cwd=forge.clone())
    found = json.loads(told)["deployments"]
    return {
        ledger["branch"]: (ledger["state"], ledger["request"], ledger["head"]) for ledger in found
    }


def test_a_stakeholder_with_git_alone_ships_a_branch_and_merging_cleans_up(forge: Forge) -> None:
    forge.run(JOBS["up"], Event("push"))
    head = pushed_by_a_stakeholder(forge)
    opened = Event("pull_request", "opened", BRANCH, head)
    told = forge.run(JOBS["up"], opened)
    assert "feature/tax (feature-tax-f5c954c1) of dev is up, as version 1" in told
    assert "\n    feature/tax (feature-tax-f5c954c1) of dev: version 1\n" in forge.comment
    assert "new  defs/sales/orders.py  defs/sales/_prices.py differs from `main`" in forge.comment
    assert "1 script is new here, and just as on `main`" in forge.comment
    assert states(forge)[BRANCH] == ("up", "7", head)
    assert (made(forge, BRANCH)["price"], made(forge, "main")["price"]) == (125, 120)
    merge(forge, head)
    forge.run(JOBS["up"], Event("push"))
    forge.run(JOBS["down"], Event("pull_request", "closed", BRANCH, head))
    assert states(forge)[BRANCH][0] == "down"
    of_main = made(forge, "main")
    assert (of_main["price"], of_main["where"], of_main["pipes_projects/version"]) == (
        125,
        "main",
        2,
    )


def test_gc_takes_down_what_no_request_has_closed(forge: Forge) -> None:
    forge.run(JOBS["up"], Event("push"))
    head = pushed_by_a_stakeholder(forge)
    forge.run(JOBS["up"], Event("pull_request", "opened", BRANCH, head))
    assert forge.run(JOBS["gc"], Event("schedule")) == "there is nothing to remove\n"
    git(forge.clone(), "push", "--quiet", "origin", "--delete", BRANCH)
    assert "the branch `feature/tax` is gone" in forge.run(JOBS["gc"], Event("schedule"))


@pytest.mark.parametrize("action", ["opened", "closed"])
def test_for_a_fork_nothing_is_run(action: str) -> None:
    fork = Event("pull_request", action, "main", "0" * 40, "someone/app")
    ours = fork._replace(repository="team/app")
    assert [name for name, job in JOBS.items() if fork.is_so(job["if"])] == []
    assert [name for name, job in JOBS.items() if ours.is_so(job["if"])] == [
        "down" if action == "closed" else "up"
    ]


def test_should_a_fork_get_that_far_it_is_refused(forge: Forge) -> None:
    head = pushed_by_a_stakeholder(forge)
    fork = Event("pull_request", "opened", "main", head, "someone/app")
    job = {**JOBS["up"], "if": None}
    with pytest.raises(AssertionError, match="`someone:main` is a branch of a fork"):
        forge.run(job, fork)
    assert not (forge.folder / "shipped").exists()


@pytest.mark.parametrize("variable", ["PIPES_PROJECTS_BRANCH", "DAGSTER_CLOUD_GIT_BRANCH"])
def test_an_image_without_git_runs_the_branch_that_a_variable_names(
    forge: Forge, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    forge.run(JOBS["up"], Event("push"))
    image = forge.clone()
    (image / "defs/sales/orders.py").write_text("raise SystemExit('not what was shipped')\n")
    shutil.rmtree(image / ".git")
    monkeypatch.setenv(variable, "main")
    outcome = materialize(load(image / "definitions.py"), forge.folder / "home")
    assert outcome.metadata["sales/orders"]["price"] == 120


# The same on GitLab.


@contextmanager
def comments() -> Iterator[tuple[str, list[str]]]:
    """An API that takes comments, and those that it took."""
    taken: list[str] = []

    class Api(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            assert self.headers["PRIVATE-TOKEN"] == "a-token"
            assert self.path == "/projects/3/merge_requests/7/notes"
            taken.extend(parse_qs(body)["body"])
            self.send_response(201)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Api) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", taken
        server.shutdown()


def of_gitlab(forge: Forge, api: str = "", head: str = "") -> dict[str, str]:
    """The variables that GitLab sets for a merge request."""
    return {
        **dict.fromkeys(OF_CI, ""), "GITLAB_CI": "true", "CI_DEFAULT_BRANCH": "main",
        "CI_PROJECT_PATH": "team/app", "CI_PROJECT_ID": "3", "CI_API_V4_URL": api,
        "CI_REPOSITORY_URL": str(forge.origin), "COMMENT_TOKEN": "a-token",
        "CI_MERGE_REQUEST_IID": "7", "CI_MERGE_REQUEST_PROJECT_PATH": "team/app",
        "CI_MERGE_REQUEST_SOURCE_PROJECT_PATH": "team/app",
        "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": BRANCH,
        "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": head,
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
    }  # fmt: skip


def run_job(name: str, cwd: Path, env: dict[str, str]) -> str:
    commands = "\n".join(OF_GITLAB[name]["script"])
    done = shell(commands, cwd, **env)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_gitlab_ships_comments_and_cleans_up(forge: Forge) -> None:
    head = pushed_by_a_stakeholder(forge)
    with comments() as (api, taken):
        told = run_job("up", forge.clone("--branch", BRANCH), of_gitlab(forge, api, head))
    assert "is up, as version 1" in told
    assert "\n    feature/tax (feature-tax-f5c954c1) of dev: version 1\n" in taken[0]
    assert states(forge)[BRANCH] == ("up", "7", head)
    assert made(forge, BRANCH)["price"] == 125
    merge(forge, head)
    (forge.folder / "empty").mkdir()
    run_job("down", forge.folder / "empty", of_gitlab(forge))
    assert states(forge)[BRANCH][0] == "down"


@pytest.mark.parametrize("job", ["up", "down"])
def test_gitlab_runs_nothing_for_a_fork(job: str) -> None:
    ours = "$CI_MERGE_REQUEST_SOURCE_PROJECT_PATH == $CI_PROJECT_PATH"
    rules = [rule["if"] for rule in OF_GITLAB[job]["rules"]]
    assert all(ours in rule or "merge_request" not in rule for rule in rules)
    assert any(ours in rule for rule in rules)

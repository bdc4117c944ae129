"""A branch of a deployment repository has what is shipped, for those who pull it."""

import stat
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from pipes_projects.deploy.collect import Keep
from pipes_projects.deploy.down import down
from pipes_projects.deploy.errors import DeployError
from pipes_projects.deploy.storage.opening import open_storage
from pipes_projects.deploy.storage.storage import Showing
from pipes_projects.deploy.up import planned, roll_back, up
from tests.support.deployments.deployed import Deployed
from tests.support.repositories import commit, git, init
from tests.support.servers.storages import SECRET, Storages, free_port, repository

RETURNS = "defs/sales/returns.py"
ALL = ["defs/sales/_prices.py", "defs/sales/orders.py", RETURNS]


class There:
    """The deployment repository, as its server sees it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.at = repository(folder).at

    def ask(self, *arguments: str) -> str:
        return git(self.folder, *arguments)

    @property
    def branches(self) -> list[str]:
        return self.ask("for-each-ref", "--format=%(refname:short)", "refs/heads").split()

    def files(self, branch: str) -> list[str]:
        return self.ask("ls-tree", "-r", "--name-only", branch).splitlines()

    def text(self, branch: str, path: str = RETURNS) -> str:
        return self.ask("show", f"{branch}:{path}")

    def refuse(self, words: str) -> None:
        """As a protected branch: `words` are a condition of the shell about `$ref` and `$new`."""
        hook = self.folder / "hooks/update"
        hook.parent.mkdir(exist_ok=True)
        test = f'if {words}; then echo "it is protected" >&2; exit 1; fi'
        hook.write_text(f"#!/bin/sh\nref=$1 new=$3\n{test}\n")
        hook.chmod(hook.stat().st_mode | stat.S_IXUSR)


@pytest.fixture
def there(tmp_path: Path) -> There:
    return There(tmp_path / "there.git")


@pytest.fixture
def deployed(tmp_path: Path, there: There) -> Deployed:
    return made_for(tmp_path, f"dev = ship_to({there.at!r})\n")


def made_for(tmp_path: Path, lines: str) -> Deployed:
    made = Deployed(tmp_path / "project", f"from pipes_projects.deploy import ship_to\n\n{lines}")
    made.write(RETURNS, "x = 1\n")
    commit(made.root)
    return made


def change(deployed: Deployed, number: int) -> None:
    deployed.change(RETURNS, f"x = {number}\n")


def test_a_branch_has_the_scripts_and_their_helpers_at_their_own_paths(
    deployed: Deployed, there: There
) -> None:
    ledger = up(deployed.site()).ledger
    assert ledger
    assert there.files("deploy/main") == ALL
    assert there.text("deploy/main", "defs/sales/orders.py") == (
        deployed.root / "defs/sales/orders.py"
    ).read_text().rstrip("\n")
    tip = there.ask("rev-parse", "deploy/main")
    assert ledger.ships[RETURNS].location == f"{there.at}@{tip}#{RETURNS}"
    assert there.files("deploy/_ledger")[0] == "deployments/main/000001.json"
    assert up(deployed.site()).ledger == ledger
    assert there.ask("rev-parse", "deploy/main") == tip


def test_each_version_is_a_commit_and_going_back_is_another(
    deployed: Deployed, there: There
) -> None:
    for number in (1, 2, 3):
        change(deployed, number)
        up(deployed.site())
    back = roll_back(deployed.site(), 1).ledger
    assert back
    assert there.text("deploy/main") == "x = 1"
    assert there.ask("log", "--format=%s", "deploy/main").splitlines() == [
        "Version 4 of main: the code of version 1", "Version 3 of main", "Version 2 of main",
        "Version 1 of main",
    ]  # fmt: skip
    commits = [there.text(f"deploy/main~{before}") for before in range(4)]
    assert commits == ["x = 1", "x = 3", "x = 2", "x = 1"]
    assert there.ask("rev-parse", "deploy/main") in str(back.ships[RETURNS].location)


def test_down_deletes_the_branch_and_its_code_can_come_back(
    deployed: Deployed, there: There
) -> None:
    deployed.switch("Feature/X")
    change(deployed, 2)
    ledger = up(deployed.site()).ledger
    assert ledger
    branch = f"deploy/{ledger.slug}"
    assert branch in there.branches
    down(deployed.site())
    assert there.branches == ["deploy/_ledger", "deploy/_locks"]
    there.ask("gc", "--quiet", "--prune=now")
    back = roll_back(deployed.site(), 1).ledger
    assert back
    assert there.text(branch) == "x = 2"
    assert there.ask("rev-parse", branch) in str(back.ships[RETURNS].location)


def test_what_a_branch_leaves_behind_is_collected(deployed: Deployed, there: There) -> None:
    up(deployed.site())
    deployed.switch("x")
    change(deployed, 2)
    up(deployed.site())
    deployed.switch("main")
    git(deployed.root, "branch", "--quiet", "-D", "x")
    assert not [item for item in deployed.collect(Keep(1, -1)) if item.failure]
    assert "deploy/x" not in there.branches
    stores = {path.split("/")[1] for path in there.files("deploy/_ledger") if path[:5] == "store"}
    ledger = deployed.site().current()
    assert ledger
    assert stores == {shipped.hash[:16] for shipped in ledger.ships.values()}


def test_a_branch_of_which_only_the_changes_are_shipped_is_whole(
    deployed: Deployed, there: There
) -> None:
    up(deployed.site())
    deployed.switch("x")
    change(deployed, 2)
    up(deployed.site(), only_changed=True)
    assert there.files("deploy/x") == ALL
    assert there.text("deploy/x") == "x = 2"


def test_what_somebody_else_pushed_there_stays_in_the_history(
    deployed: Deployed, there: There, tmp_path: Path
) -> None:
    up(deployed.site())
    git(tmp_path, "clone", "--quiet", "--branch", "deploy/main", str(there.folder), "clone")
    (tmp_path / "clone" / RETURNS).write_text("theirs\n")
    commit(tmp_path / "clone", "theirs")
    git(tmp_path / "clone", "push", "--quiet")
    change(deployed, 2)
    up(deployed.site())
    assert there.text("deploy/main") == "x = 2"
    assert there.text("deploy/main~1") == "theirs"


def test_what_somebody_pushes_at_that_moment_is_not_replaced(there: There, tmp_path: Path) -> None:
    storage = open_storage(there.at, tmp_path)
    assert isinstance(storage, Showing)
    storage.create_all([("store/1/a.py", b"a")])
    storage.show("deployments/x/000001.json", "x", ["store/1"], "Version 1")
    assert storage.create("deployments/x/000001.json", b"{}")
    storage.show("deployments/x/000002.json", "x", ["store/1"], "Version 2")
    theirs = there.ask("commit-tree", "-m", "theirs", "-p", "deploy/x", "deploy/x^{tree}")
    there.ask("update-ref", "refs/heads/deploy/x", theirs)
    with pytest.raises(DeployError, match="somebody else has pushed to `deploy/x`"):
        storage.create("deployments/x/000002.json", b"{}")
    assert there.ask("rev-parse", "deploy/x") == theirs
    assert storage.read("deployments/x/000002.json") is None


def test_a_version_that_lacks_something_is_not_shown(there: There, tmp_path: Path) -> None:
    storage = open_storage(there.at, tmp_path)
    assert isinstance(storage, Showing)
    storage.create_all([("store/1/a.py", b"a")])
    with pytest.raises(DeployError, match=r"`store/2` in .* is gone"):
        storage.show("deployments/x/000001.json", "x", ["store/1", "store/2"], "Version 1")


def test_a_branch_that_is_not_ours_is_left_alone(
    deployed: Deployed, there: There, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    init(other)
    theirs = commit(other)
    git(other, "push", "--quiet", str(there.folder), "main:refs/heads/deploy/main")
    with pytest.raises(DeployError, match="is a branch that no deployment has made"):
        up(deployed.site())
    assert there.ask("rev-parse", "deploy/main") == theirs
    assert deployed.site().current() is None


@pytest.mark.parametrize("words", ['[ "$ref" = refs/heads/deploy/main ]', "true"])
def test_what_a_server_refuses_is_told_and_changes_nothing(
    deployed: Deployed, there: There, words: str
) -> None:
    up(deployed.site())
    tip, before = there.ask("rev-parse", "deploy/main"), deployed.site().current()
    there.refuse(words)
    change(deployed, 2)
    with pytest.raises(DeployError, match=r"`deploy/\w+` of .* hook declined: .*protected") as told:
        up(deployed.site())
    assert "\n" not in str(told.value)
    assert there.ask("rev-parse", "deploy/main") == tip
    assert deployed.site().current() == before


def test_a_server_that_refuses_to_delete_keeps_the_branch_on_record(
    deployed: Deployed, there: There
) -> None:
    deployed.switch("x")
    up(deployed.site())
    there.ask("config", "receive.denyDeletes", "true")
    with pytest.raises(DeployError, match=r"`deploy/x` of .* \(?deletion prohibited"):
        down(deployed.site())
    ledger = deployed.site().current()
    assert ledger
    assert ledger.state == "up"


def test_no_branch_need_ever_lose_its_history(deployed: Deployed, there: There) -> None:
    there.ask("config", "receive.denyNonFastForwards", "true")
    up(deployed.site())
    change(deployed, 2)
    assert up(deployed.site()).is_new
    assert there.text("deploy/main") == "x = 2"


def test_two_deployments_share_a_repository_under_different_prefixes(
    tmp_path: Path, there: There
) -> None:
    places = (f"{name} = ship_to({there.at!r}, options={{'prefix': '{name}/'}})\n" for name in "ab")
    deployed = made_for(tmp_path, "".join(places))
    up(deployed.site(name="a"))
    up(deployed.site(name="b"))
    down(deployed.site(name="a"), yes_production=True)
    assert there.branches == ["a/_ledger", "a/_locks", "b/_ledger", "b/_locks", "b/main"]


def test_a_copy_that_was_removed_is_fetched_again(
    deployed: Deployed, there: There, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    up(deployed.site())
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "elsewhere"))
    assert planned(deployed.site()).is_empty
    change(deployed, 2)
    assert up(deployed.site()).plan.number == 2
    assert there.text("deploy/main~1") == "x = 1"


def test_many_make_the_first_copy_at_once(
    there: There, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "new"))
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda _: open_storage(there.at, tmp_path).shown, range(16)))
    copies = tmp_path / "new/pipes-projects/repositories"
    assert len(list(copies.iterdir())) == 1
    (copy,) = copies.iterdir()
    assert not (copy / "hooks").exists()


def test_by_ssh_with_the_key_that_git_uses(
    tmp_path: Path, storages: Storages, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = storages.fresh("sftp")
    known, key = server.options["known_hosts"], server.options["key_filename"]
    ssh = f"ssh -F none -o BatchMode=yes -o IdentitiesOnly=yes -o UserKnownHostsFile={known}"
    there = There(tmp_path / "there.git")
    at = f"git+ssh://{server.at.split('/')[2]}{there.folder}"
    deployed = made_for(tmp_path, f"dev = ship_to({at!r})\n")
    monkeypatch.setenv("GIT_SSH_COMMAND", f"{ssh} -i {tmp_path / 'no-key'}")
    with pytest.raises(DeployError, match=r"may not be used: .*Permission denied") as told:
        up(deployed.site())
    assert "key" in str(told.value.help)
    monkeypatch.setenv("GIT_SSH_COMMAND", f"{ssh} -i {key}")
    up(deployed.site())
    assert there.text("deploy/main") == "x = 1"


class Refusing(BaseHTTPRequestHandler):
    """A server that wants to know who asks, and does not let them in."""

    def do_GET(self) -> None:
        """Whatever is asked."""
        self.send_response(403 if self.headers["Authorization"] else 401)
        self.send_header("WWW-Authenticate", 'Basic realm="code"')
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def refusing() -> Iterator[int]:
    with HTTPServer(("127.0.0.1", 0), Refusing) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("who", ["", f"ana:{SECRET.replace('/', '%2F')}@", "a-token@"])
def test_a_server_that_lets_nobody_in_is_told_without_secrets(
    refusing: int, who: str, tmp_path: Path
) -> None:
    storage = open_storage(f"git+http://{who}127.0.0.1:{refusing}/deploy.git", tmp_path)
    with pytest.raises(DeployError, match="may not be used") as told:
        storage.entries("deployments")
    text = f"{told.value}; {told.value.help}"
    assert SECRET not in text
    assert "a-token" not in text
    assert "%2F" not in text
    assert "\n" not in text


@pytest.mark.parametrize(
    ("at", "message"),
    [
        (
            "git+file:///nowhere/deploy.git",
            r"there is no repository `git\+file:///nowhere/deploy\.git`",
        ),
        ("git+http://127.0.0.1:PORT/x.git", "cannot be used"),
    ],
)
def test_a_repository_that_cannot_be_reached_is_told(at: str, message: str, tmp_path: Path) -> None:
    place = at.replace("PORT", str(free_port()))
    with pytest.raises(DeployError, match=message) as told:
        open_storage(place, tmp_path).read("deployments/main/000001.json")
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("at", "options", "message", "help_"),
    [
        ("git@host:team/deploy.git", {}, "written as a URL", "write `git+ssh://git@host/team/d"),
        ("host:deploy.git", {}, "written as a URL", "write `git+ssh://host/deploy.git`"),
        ("ssh://git@host/deploy.git", {}, "written as a URL", "`git+ssh://git@host/deploy.git`"),
        ("https://me:pw@host/deploy.git", {}, "written as a URL", "`git+https://host/deploy.git`"),
        ("git+ssh://host/d.git", {"key": SECRET}, "`key` is not an option", "credential helper"),
        ("git+ssh://host/d.git", {"prefix": "../x"}, "`prefix` cannot", "letters"),
        ("git+ssh://host/d.git", {"prefix": "a b"}, "`prefix` cannot", "letters"),
        ("git+ssh://host/d.git", {"prefix": 1}, "`prefix` cannot", "letters"),
    ],
)
def test_what_is_no_place_for_this_is_told(
    at: str, options: dict[str, object], message: str, help_: str, tmp_path: Path
) -> None:
    with pytest.raises(DeployError, match=message) as told:
        open_storage(at, tmp_path, options)
    assert help_ in str(told.value.help)
    assert "pw" not in f"{told.value} {told.value.help}"
    assert SECRET not in f"{told.value} {told.value.help}"


def test_hooks_run_only_where_the_repository_is(
    deployed: Deployed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hooks = tmp_path / "template/hooks"
    hooks.mkdir(parents=True)
    for name in ("pre-push", "reference-transaction", "pre-auto-gc"):
        (hooks / name).write_text(f"#!/bin/sh\npwd >> {tmp_path}/ran\n")
        (hooks / name).chmod(0o755)
    config = tmp_path / "config"
    config.write_text(f"[init]\ntemplateDir = {hooks.parent}\n[core]\nhooksPath = {hooks}\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    up(deployed.site())
    assert set((tmp_path / "ran").read_text().splitlines()) == {str(tmp_path / "there.git")}

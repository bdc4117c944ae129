"""Ships what is not as it was; readers have one version or the other, whole."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pipes_projects.deploy.down import down, try_down
from pipes_projects.deploy.errors import DeployError
from pipes_projects.deploy.up import Outcome, planned, roll_back, try_up, up
from tests.support.deployments.deployed import SHIP_TO, Deployed
from tests.support.repositories import commit, git

ORDERS, RETURNS = "defs/sales/orders.py", "defs/sales/returns.py"
OWNER = """\
from pipes_projects.deploy import deployer

@deployer("dev", at="shipped")
def up(context):
    print("called")
    open(context.root / "calls.txt", "a").write(repr((
        context.number, context.branch, context.changed_scripts, context.changed_assets,
        context.removed_scripts, context.changed_against_base, context.dry_run,
    )) + "\\n")
    BODY

@up.down
def down(context):
    told = ("down", context.number, context.published)
    open(context.root / "calls.txt", "a").write(repr(told) + "\\n")
"""
PUBLISHING = "for it in context.changed_scripts: context.publish(it, '/there/' + it)"


@pytest.fixture
def deployed(tmp_path: Path) -> Deployed:
    return Deployed(tmp_path / "project")


def owned(root: Path, body: str = PUBLISHING) -> Deployed:
    made = Deployed(root / "project", OWNER.replace("BODY", body))
    made.write(".gitignore", "shipped/\ncalls.txt\n__pycache__/\n")
    commit(made.root)
    return made


def calls(deployed: Deployed) -> list[tuple[object, ...]]:
    lines = (deployed.root / "calls.txt").read_text().splitlines()
    return [eval(line) for line in lines]


def store(deployed: Deployed) -> set[str]:
    return {bundle.name for bundle in (deployed.shipped / "store").iterdir()}


def ships(outcome: Outcome) -> dict[str, str | None]:
    assert outcome.ledger
    return {path: shipped.location for path, shipped in outcome.ledger.ships.items()}


def test_the_first_up_ships_everything_and_tells_where(deployed: Deployed) -> None:
    outcome = up(deployed.site())
    ledger = outcome.ledger
    assert ledger is not None
    assert (ledger.number, ledger.branch, ledger.is_production) == (1, "main", True)
    assert ledger.commit == ledger.head == git(deployed.root, "rev-parse", "HEAD")
    for path, location in ships(outcome).items():
        assert location is not None
        assert Path(location).read_bytes() == (deployed.root / path).read_bytes()
        assert location.startswith(str(deployed.shipped / "store"))
    done = subprocess.run(
        [sys.executable, "-B", str(ships(outcome)[ORDERS])],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == "1\n"
    written = json.loads((deployed.shipped / "deployments/main/000001.json").read_text())
    assert written["ships"][ORDERS]["location"] == ships(outcome)[ORDERS]


@pytest.mark.parametrize("ignored", ["shipped/", "/shipped", "shipped/*", "ship*"])
def test_a_folder_in_the_project_is_one_that_git_ignores(deployed: Deployed, ignored: str) -> None:
    deployed.change(".gitignore", "__pycache__/\n")
    with pytest.raises(DeployError, match="would be taken for uncommitted changes") as refused:
        up(deployed.site())
    assert refused.value.help == "add `/shipped/` to .gitignore, or ship to a folder elsewhere"
    assert not deployed.shipped.exists()
    deployed.change(".gitignore", f"{ignored}\n__pycache__/\n")
    assert up(deployed.site()).is_new
    ledger = up(deployed.site()).ledger
    assert ledger
    assert not ledger.is_dirty


def test_what_cannot_be_ignored_has_to_be_elsewhere(tmp_path: Path) -> None:
    deployed = Deployed(tmp_path / "project", SHIP_TO.replace("shipped", "."))
    with pytest.raises(DeployError, match=r"`\.` is in the repository") as refused:
        up(deployed.site())
    assert refused.value.help == "ship to a folder elsewhere"


def test_up_is_idempotent(deployed: Deployed) -> None:
    first = up(deployed.site())
    again = up(deployed.site())
    assert (first.is_new, again.is_new) == (True, False)
    assert again.ledger == first.ledger


def test_the_plan_says_what_and_why(deployed: Deployed) -> None:
    plan = planned(deployed.site())
    assert (plan.number, plan.replaces) == (1, None)
    assert [(shipment.script, shipment.what) for shipment in plan.shipments] == [
        (ORDERS, "new"),
        (RETURNS, "new"),
    ]
    up(deployed.site())
    deployed.change("defs/sales/_prices.py", "ALL = 2\n")
    (deployed.root / RETURNS).unlink()
    (deployed.root / RETURNS).with_suffix(".yaml").unlink()
    plan = planned(deployed.site())
    assert (plan.number, plan.replaces) == (2, 1)
    changed, removed = plan.shipments
    assert (changed.what, changed.why) == ("changed", ("defs/sales/_prices.py",))
    assert changed.assets == ("sales/orders",)
    assert (removed.script, removed.what) == (RETURNS, "removed")


def test_a_change_is_a_new_version_and_the_old_one_stays_whole(deployed: Deployed) -> None:
    first = up(deployed.site())
    deployed.change("defs/sales/_prices.py", "ALL = 2\n")
    second = up(deployed.site())
    assert second.ledger is not None
    assert second.ledger.number == 2
    assert ships(first)[RETURNS] == ships(second)[RETURNS]
    assert ships(first)[ORDERS] != ships(second)[ORDERS]
    helper = Path(str(ships(first)[ORDERS])).with_name("_prices.py")
    assert helper.read_text() == "ALL = 1\n"


def test_another_commit_with_the_same_scripts_is_recorded_and_ships_nothing(
    deployed: Deployed,
) -> None:
    first = up(deployed.site())
    before = store(deployed)
    head = deployed.change("README.md", "more\n")
    second = up(deployed.site())
    assert second.ledger is not None
    assert (second.ledger.number, second.ledger.commit) == (2, head)
    assert ships(second) == ships(first)
    assert store(deployed) == before


def test_two_branches_have_different_code_at_once(deployed: Deployed) -> None:
    first = up(deployed.site())
    deployed.switch("Feature/X")
    deployed.change(RETURNS, "print('mine')\n")
    second = up(deployed.site())
    assert second.ledger is not None
    assert not second.ledger.is_production
    assert Path(str(ships(second)[RETURNS])).read_text() == "print('mine')\n"
    assert Path(str(ships(first)[RETURNS])).read_text() == "print('hello')\n"
    assert ships(second)[ORDERS] == ships(first)[ORDERS]
    assert deployed.site("main").current() == first.ledger


def test_a_rollback_is_a_new_version_with_the_old_code(deployed: Deployed) -> None:
    first = up(deployed.site())
    deployed.change(RETURNS, "print('broken')\n")
    up(deployed.site())
    back = roll_back(deployed.site(), 1)
    assert back.ledger is not None
    assert first.ledger is not None
    assert (back.ledger.number, back.ledger.rolled_back_to) == (3, 1)
    assert (back.plan.number, back.plan.replaces, back.plan.shipments) == (3, 2, ())
    assert back.ledger.ships == first.ledger.ships
    assert back.ledger.commit == first.ledger.commit
    for number in (1, 3):  # that is what counts already
        assert not roll_back(deployed.site(), number).is_new


def test_a_rollback_to_what_is_not_there_changes_nothing(deployed: Deployed) -> None:
    for number, help_ in ((1, "it was never deployed"), (7, "lists its versions")):
        with pytest.raises(DeployError, match=f"`main` has no version {number} ") as raised:
            roll_back(deployed.site(), number)
        assert help_ in str(raised.value.help)
        up(deployed.site())


def test_owners_functions_are_told_what_there_is_to_know(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    deployed = owned(tmp_path)
    assert ships(up(deployed.site())) == {
        script: f"/there/{script}" for script in (ORDERS, RETURNS)
    }
    deployed.switch("x")
    deployed.change(RETURNS, "print('mine')\n")
    up(deployed.site())
    (deployed.root / RETURNS).unlink()
    (deployed.root / RETURNS).with_suffix(".yaml").unlink()
    deployed.write("defs/sales/_prices.py", "ALL = 2\n")
    up(deployed.site())
    both, keys = (ORDERS, RETURNS), ("sales/orders", "sales/returns")
    assert calls(deployed) == [
        (1, "main", both, keys, (), None, False),
        (1, "x", both, keys, (), (RETURNS,), False),
        (2, "x", (ORDERS,), ("sales/orders",), (RETURNS,), (ORDERS,), False),
    ]
    assert capfd.readouterr().out == ""


def test_what_is_published_once_is_known_in_the_next_version(tmp_path: Path) -> None:
    deployed = owned(tmp_path)
    up(deployed.site())
    deployed.change("defs/sales/_prices.py", "ALL = 2\n")
    assert ships(up(deployed.site())) == {
        script: f"/there/{script}" for script in (ORDERS, RETURNS)
    }
    assert calls(deployed)[-1][2] == (ORDERS,)


def test_only_what_differs_from_the_base_may_be_shipped(tmp_path: Path) -> None:
    deployed = owned(tmp_path)
    up(deployed.site())
    deployed.switch("x")
    deployed.change(RETURNS, "print('mine')\n")
    outcome = up(deployed.site(), only_changed=True)
    assert ships(outcome) == {script: f"/there/{script}" for script in (ORDERS, RETURNS)}
    assert calls(deployed)[-1][2] == (RETURNS,)


def test_a_dry_run_calls_the_function_and_writes_nothing(tmp_path: Path) -> None:
    deployed = owned(tmp_path)
    assert try_up(deployed.site()).ledger is None
    assert calls(deployed)[0][-1] is True
    assert not deployed.shipped.exists()


@pytest.mark.parametrize(
    "write",
    ["create('x', b'')", "create_all([('x', b'')])", "remove('x')", "remove_files(['x'])"],
)
def test_in_a_dry_run_the_storage_refuses_what_a_function_should_not_do(
    tmp_path: Path, write: str
) -> None:
    body = f"context.storage.entries('store')\n    context.storage.{write}"
    deployed = owned(tmp_path, body)
    with pytest.raises(DeployError, match="this is a dry run, and `x` would be changed"):
        try_up(deployed.site())
    assert not deployed.shipped.exists()


def test_in_a_dry_run_a_function_may_publish_which_changes_nothing(tmp_path: Path) -> None:
    deployed = owned(tmp_path)
    first = up(deployed.site())
    deployed.change(RETURNS, "print('mine')\n")
    assert try_up(deployed.site()).ledger is None
    assert deployed.site().current() == first.ledger


def test_a_dry_run_of_the_ready_made_one_writes_nothing(deployed: Deployed) -> None:
    assert try_up(deployed.site()).plan.of("new")
    assert not deployed.shipped.exists()


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("1 / 0", "`up` of `dev` (deploy.py:10): ZeroDivisionError: division by zero"),
        ("import sys; sys.exit(0)", "`up` of `dev` (deploy.py:10): SystemExit: 0"),
        ("raise RuntimeError('a\\n\\x1b[31mb')", "`up` of `dev` (deploy.py:10): RuntimeError: a"),
        ("context.publish('defs/x.py', '/x')", "`defs/x.py` is not a script of the project"),
        (f"context.publish('{ORDERS}', None)", f"the location of `{ORDERS}` must be text"),
        (f"context.publish('{ORDERS}', '/x'); raise OSError(28, 'No space left on device')",
         f"No space left on device; by then it had published `{ORDERS}` to /x"),
    ],
)  # fmt: skip
def test_what_a_function_raises_is_told_with_its_line_and_what_was_published(
    tmp_path: Path, body: str, message: str
) -> None:
    deployed = owned(tmp_path, body)
    with pytest.raises(DeployError) as raised:
        up(deployed.site())
    assert message in str(raised.value)
    assert "(deploy.py:10)" in str(raised.value)
    assert raised.value.help
    assert deployed.site().current() is None


@pytest.mark.parametrize("kind", ["async def", "yield", "async yield"])
def test_a_function_that_does_not_run_when_it_is_called_is_refused(
    tmp_path: Path, kind: str
) -> None:
    deployed = owned(tmp_path, "yield" if "yield" in kind else PUBLISHING)
    text = (deployed.root / "deploy.py").read_text()
    if "async" in kind:
        deployed.write("deploy.py", text.replace("def up", "async def up"))
    with pytest.raises(DeployError, match="nothing of it runs when it is called") as raised:
        up(deployed.site())
    assert str(raised.value.help).startswith("make it a plain function")
    assert deployed.site().current() is None


@pytest.mark.parametrize("place", ["context.root", "'https://user:hidden@host/x'"])
def test_what_is_published_by_another_way_is_checked_too(tmp_path: Path, place: str) -> None:
    deployed = owned(tmp_path, f"context.published['{ORDERS}'] = {place}")
    with pytest.raises(DeployError, match=rf"`up` of `dev` .*: the location of `{ORDERS}`") as told:
        up(deployed.site())
    assert "hidden" not in f"{told.value} {told.value.help}"
    assert deployed.site().current() is None


def test_a_script_may_be_published_by_its_path_as_an_object(tmp_path: Path) -> None:
    body = f"from pathlib import Path; context.publish(Path('{ORDERS}'), '/x')"
    assert ships(up(owned(tmp_path, body).site()))[ORDERS] == "/x"


def test_a_failed_up_leaves_the_version_before_and_the_next_one_finishes(tmp_path: Path) -> None:
    deployed = owned(tmp_path)
    first = up(deployed.site())
    deployed.change(RETURNS, "print('mine')\n")
    deployed.write("deploy.py", OWNER.replace("BODY", "raise ValueError('no')"))
    with pytest.raises(DeployError):
        up(deployed.site())
    assert deployed.site().current() == first.ledger
    deployed.write("deploy.py", OWNER.replace("BODY", PUBLISHING))
    assert up(deployed.site()).is_new


def test_ctrl_c_leaves_the_version_before(tmp_path: Path) -> None:
    deployed = owned(tmp_path)
    first = up(deployed.site())
    deployed.change(RETURNS, "print('mine')\n")
    body = f"import os; os.kill(os.getpid(), {int(signal.SIGINT)})"
    deployed.write("deploy.py", OWNER.replace("BODY", body))
    with pytest.raises(KeyboardInterrupt):
        up(deployed.site())
    assert deployed.site().current() == first.ledger
    deployed.write("deploy.py", OWNER.replace("BODY", PUBLISHING))
    assert up(deployed.site()).is_new


def test_down_tells_readers_first_and_then_calls_the_owners_function(tmp_path: Path) -> None:
    deployed = owned(tmp_path)
    deployed.switch("x")
    up(deployed.site())
    gone = down(deployed.site())
    assert gone.was_up
    assert gone.ledger is not None
    assert (gone.ledger.number, gone.ledger.state, gone.ledger.ships) == (3, "down", {})
    places = {script: f"/there/{script}" for script in (ORDERS, RETURNS)}
    assert calls(deployed)[-1] == ("down", 2, places)
    assert not down(deployed.site()).was_up
    again = up(deployed.site())
    assert again.plan.replaces is None
    assert ships(again) == places


def test_a_dry_run_of_down_changes_nothing(tmp_path: Path) -> None:
    deployed = owned(tmp_path)
    deployed.switch("x")
    before = up(deployed.site()).ledger
    files = sorted(deployed.shipped.rglob("*"))
    assert try_down(deployed.site()) == (before, True)
    assert calls(deployed)[-1][0] == 1
    assert sorted(deployed.shipped.rglob("*")) == files
    deployed.switch("main")
    with pytest.raises(DeployError, match="is the production branch"):
        try_down(deployed.site())
    assert try_down(deployed.site(), yes_production=True).ledger is None


def test_that_a_branch_is_down_is_recorded_with_the_code_that_it_had(deployed: Deployed) -> None:
    deployed.switch("x")
    before = up(deployed.site()).ledger
    deployed.write(RETURNS, "print('not committed')\n")
    gone = down(deployed.site()).ledger
    assert before is not None
    assert gone is not None
    assert (gone.commit, gone.is_dirty) == (before.commit, False)


def test_down_of_what_was_never_up_does_nothing(deployed: Deployed) -> None:
    deployed.switch("x")
    assert down(deployed.site()).ledger is None
    assert not (deployed.shipped / "deployments").exists()


def test_a_down_that_fails_keeps_what_is_still_to_be_removed(tmp_path: Path) -> None:
    deployed = owned(tmp_path)
    deployed.switch("x")
    up(deployed.site())
    whole = (deployed.root / "deploy.py").read_text()
    deployed.write("deploy.py", f"{whole}    raise TimeoutError('far')\n")
    told = r"`down` of `dev` \(deploy.py:16\): TimeoutError: far$"
    with pytest.raises(DeployError, match=told) as refused:
        down(deployed.site())
    assert "what is left of it is on record" in str(refused.value.help)
    left = deployed.site().current()
    assert left is not None
    assert (left.state, set(left.ships)) == ("down", {ORDERS, RETURNS})
    deployed.write("deploy.py", whole)
    gone = down(deployed.site()).ledger
    assert gone is not None
    assert not gone.ships


def test_production_is_not_taken_down_by_the_way(deployed: Deployed) -> None:
    first = up(deployed.site())
    with pytest.raises(DeployError, match="`main` is the production branch") as raised:
        down(deployed.site())
    assert "--yes-production" in str(raised.value.help)
    assert deployed.site().current() == first.ledger
    assert down(deployed.site(), yes_production=True).was_up


def test_a_first_plan_is_compared_with_what_the_base_has_shipped(deployed: Deployed) -> None:
    up(deployed.site())
    deployed.switch("feature/x")
    deployed.change("defs/sales/_prices.py", "ALL = 2\n")
    plan = planned(deployed.site())
    orders, returns = plan.shipments
    assert (plan.base, orders.what, returns.what) == ("main", "new", "new")
    assert (orders.why, orders.is_as_base) == (("defs/sales/_prices.py",), False)
    assert (returns.why, returns.is_as_base) == ((), True)
    assert up(deployed.site()).plan == plan
    assert planned(deployed.site()).base is None

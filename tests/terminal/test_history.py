"""What was run, remembered in the project's folder."""

import json
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipes_projects.terminal.results.history import HISTORY, history, remember
from pipes_projects.terminal.results.records import Record
from tests.support.command import run
from tests.support.folder import Folder


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "project")


def records(asset: str, number: int) -> list[Record]:
    return [Record(f"2026-01-01T00:00:{second:02}Z", "run", asset) for second in range(number)]


def test_each_run_adds_lines_and_history_shows_them(folder: Folder) -> None:
    folder.asset("raw/a")
    folder.asset("raw/b", script="raise SystemExit(2)\n")
    run("run", "*", cwd=folder.root)
    run("run", 'key:"raw/a"', cwd=folder.root)
    lines = [json.loads(line) for line in (folder.root / HISTORY).read_text().splitlines()]
    assert sorted((record["asset"], record["result"]) for record in lines) == [
        *(("raw/a", "made"), ("raw/a", "made"), ("raw/b", "failed"))
    ]
    shown = run("history", 'key:"raw/a"', cwd=folder.root)
    head, *rows = (line.split() for line in shown.stdout.splitlines())
    assert head == ["time", "asset", "result", "seconds"]
    assert [row[1:3] for row in rows] == [["raw/a", "made"]] * 2
    assert len(json.loads(run("history", "--json", cwd=folder.root).stdout)["runs"]) == 3


def test_only_the_latest_lines_are_shown(folder: Folder) -> None:
    remember(folder.root, records("raw/a", 40))
    done = run("history", "--limit", "2", cwd=folder.root)
    assert [line.split()[0] for line in done.stdout.splitlines()] == [
        *("time", "2026-01-01T00:00:38Z", "2026-01-01T00:00:39Z")
    ]
    assert done.stderr == "38 earlier lines are left out: see --limit\n"


def test_git_does_not_see_the_history(folder: Folder) -> None:
    subprocess.run(["git", "init", "-q", folder.root], check=True)
    remember(folder.root, records("raw/a", 1))
    status = ["git", "-C", folder.root, "status", "--porcelain"]
    assert subprocess.run(status, capture_output=True, check=True).stdout == b""


@pytest.mark.parametrize(
    "broken",
    ["{", "[]", "null", '{"time": 1, "run": "r", "asset": "a"}', '{"asset": "a"}', "[" * 10_000],
)
def test_lines_that_nobody_can_read_are_left_out_and_counted(folder: Folder, broken: str) -> None:
    remember(folder.root, records("raw/a", 1))
    with open(folder.root / HISTORY, "a") as file:
        file.write(broken)  # without its end, as by a process that was killed
    remember(folder.root, records("raw/b", 1))
    known = history(folder.root)
    assert [record.asset for record in known.records] == ["raw/a", "raw/b"]
    assert known.broken == 1
    done = run("history", cwd=folder.root)
    assert done.stderr == f"a line of {HISTORY} cannot be read\n"


def test_a_named_pipe_in_place_of_the_history_takes_nothing_and_is_told(folder: Folder) -> None:
    folder.asset("raw/a")
    (folder.root / HISTORY).parent.mkdir()
    os.mkfifo(folder.root / HISTORY)
    done = run("run", "*", cwd=folder.root)
    path = os.path.realpath(folder.root / HISTORY)
    why = f"the history cannot be written: `{path}`: it is a named pipe, not a file"
    assert (done.returncode, why in done.stderr.splitlines()) == (0, True)
    again = run("run", "--last-failed", cwd=folder.root)
    assert again.returncode == 2
    assert again.stderr.endswith("cannot be read: it is a named pipe, not a file\n")


@pytest.mark.parametrize(
    "odd",
    [
        *({"partition": value} for value in ([], 5, {"a": 1})),
        *({"result": value} for value in (3, None, [1], "\x1b[31m::error::x")),
        *(
            {"seconds": value}
            for value in ("1", [1], True, -1, 10**400, float("nan"), float("inf"))
        ),
        *({"metadata": value} for value in ([], "text", {"dagster/row_count": 3}, {"a": None})),
        *({"checks": value} for value in (3, {"a": "passed"}, {"a": None}, {"a": [1]})),
        *({"why": value} for value in (None, 3, [])),
        *({name: value} for name in ("code_version", "data_version") for value in (1, ["a"])),
        {"made": "yes"},
    ],
    ids=str,
)
def test_a_line_with_a_value_of_another_type_is_none_of_ours(
    folder: Folder, odd: dict[str, Any]
) -> None:
    ours = records("raw/a", 1)
    folder.write(HISTORY, json.dumps({**ours[0]._asdict(), **odd}) + "\n")
    assert history(folder.root) == ((), 1)
    remember(folder.root, ours)
    assert history(folder.root).not_made() == {}


def test_numbers_that_json_has_not_are_texts_for_programs(folder: Folder) -> None:
    reported = "metadata={'ratio': float('nan'), 'of': [float('inf'), 1.5]}"
    script = f"""\
        from dagster_pipes import open_dagster_pipes
        with open_dagster_pipes() as pipes:
            pipes.report_asset_materialization({reported})
    """
    folder.asset("raw/a")
    folder.write("defs/raw/a.py", script)
    for command in (("run", "*", "--format", "json"), ("history", "--json")):
        done = run(*command, cwd=folder.root)
        told = json.loads(done.stdout, parse_constant=pytest.fail)
        metadata = next(iter(told.get("assets") or told["runs"]))["metadata"]
        assert {name: value["value"] for name, value in metadata.items()} == {
            "ratio": "nan",
            "of": ["inf", 1.5],
        }


def test_lines_of_many_writers_are_whole(folder: Folder) -> None:
    names = [f"raw/{'x' * 5000}{number}" for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda name: remember(folder.root, records(name, 50)), names))
    known = history(folder.root)
    assert known.broken == 0
    assert sorted(record.asset for record in known.records) == sorted(names * 50)


VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda parts: st.lists(parts) | st.dictionaries(st.text(), parts),
    max_leaves=5,
)
ENTRY = st.fixed_dictionaries({"type": st.text(), "value": VALUE})


@given(st.dictionaries(st.text(), ENTRY), st.text(), st.none() | st.text())
def test_what_is_remembered_is_what_was_said(
    tmp_path_factory: pytest.TempPathFactory, metadata: Any, why: str, partition: str | None
) -> None:
    root = tmp_path_factory.mktemp("history")
    record = Record("t", "r", "a/b", partition, metadata=metadata, why=why)
    remember(root, [record])
    assert history(root).records == (record,)


def test_what_failed_the_last_time_is_run_again(folder: Folder) -> None:
    folder.asset("raw/a")
    folder.asset("raw/b", script="raise SystemExit(2)\n")
    folder.asset("marts/c", "deps: [raw/b]\n")
    run("run", "*", cwd=folder.root)
    folder.write("defs/raw/b.py", "print('better')\n")
    done = run("run", "--last-failed", "--format", "json", cwd=folder.root)
    assert done.returncode == 0
    assert {record["asset"]: record["result"] for record in json.loads(done.stdout)["assets"]} == {
        "raw/b": "made",
        "marts/c": "made",
    }
    again = run("run", "--last-failed", cwd=folder.root)
    assert (again.returncode, again.stdout) == (0, "")
    assert again.stderr == "there is nothing to run again: everything was made last time\n"


@pytest.mark.parametrize("host", [(), ("--dagster",)])
@pytest.mark.parametrize("selection", [(), ("*",)])
@pytest.mark.parametrize("last", ["", "raise SystemExit(2)"])
@pytest.mark.parametrize("broken", ["deps: [raw/b\n", "depz: []\n"])
def test_what_cannot_be_made_because_of_errors_is_not_said_to_be_made(
    folder: Folder, host: tuple[str, ...], selection: tuple[str, ...], last: str, broken: str
) -> None:
    folder.asset("raw/a")
    folder.asset("raw/b", script=f"{last}\n")
    run("run", "*", cwd=folder.root)
    folder.asset("raw/b", broken)
    done = run("run", *selection, "--last-failed", "--format", "json", *host, cwd=folder.root)
    assert (done.returncode, json.loads(done.stdout)["assets"]) == (1, [])
    assert "nothing to run again" not in done.stderr
    assert "error[" in done.stderr
    assert "defs/raw/b.yaml" in done.stderr


def test_errors_elsewhere_do_not_keep_the_rest_from_being_made_again(folder: Folder) -> None:
    folder.asset("raw/a", script="raise SystemExit(2)\n")
    folder.write("defs/raw/work.yaml", "assets: {b: {}, c: {}}\n")
    folder.write("defs/raw/work.py", "raise SystemExit(2)\n")
    run("run", "*", cwd=folder.root)
    folder.asset("raw/a")
    folder.write("defs/raw/work.yaml", "assets: {b: {}, c: {}\n")
    done = run("run", "--last-failed", "--format", "json", cwd=folder.root)
    assert done.returncode == 1
    assert [record["asset"] for record in json.loads(done.stdout)["assets"]] == ["raw/a"]
    assert "error[yaml-syntax]" in done.stderr
    alone = run("run", 'key:"raw/a"', "--last-failed", cwd=folder.root)
    assert alone.returncode == 0
    assert alone.stderr.splitlines() == [
        *("other manifests have errors: see `pipes-projects check`",),
        *("there is nothing to run again: everything selected was made last time",),
    ]


OPENED = "from dagster_pipes import open_dagster_pipes\nwith open_dagster_pipes() as pipes:\n"
REPORTS_ONE = f"""{OPENED}    if "g/a" in pipes.asset_keys:
        pipes.report_asset_materialization(asset_key="g/a")
    if FAILS:
        raise SystemExit(2)
    if "g/b" in pipes.asset_keys:
        pipes.report_asset_materialization(asset_key="g/b")
"""
BEFORE = "`g/a` was reported before its script failed: "


@pytest.mark.parametrize(
    ("manifest", "again", "note"),
    [
        ("can_subset: true\n", ["g/b"], "it is not made again"),
        (
            "",
            ["g/a", "g/b"],
            "it is made again, because without `can_subset: true` a script makes all of its assets",
        ),
    ],
)
def test_what_was_reported_is_made_again_only_with_the_rest(
    folder: Folder, manifest: str, again: list[str], note: str
) -> None:
    folder.write("defs/g/two.yaml", f"{manifest}assets: {{a: {{}}, b: {{}}}}\n")
    folder.write("defs/g/two.py", f"FAILS = True\n{REPORTS_ONE}")
    run("run", "*", cwd=folder.root)
    folder.write("defs/g/two.py", f"FAILS = False\n{REPORTS_ONE}")
    done = run("run", "--last-failed", "--format", "json", cwd=folder.root)
    assert [asset["asset"] for asset in json.loads(done.stdout)["assets"]] == again
    assert done.stderr.splitlines()[0] == BEFORE + note
    last = run("run", "--last-failed", cwd=folder.root).stderr.splitlines()[-1]
    assert last == "there is nothing to run again: everything was made last time"


@pytest.mark.parametrize("manifest", ["can_subset: true\nassets: {a: {}, b: {}}\n", "key: g/a\n"])
def test_a_script_that_failed_after_all_reports_has_to_succeed(
    folder: Folder, manifest: str
) -> None:
    folder.write("defs/g/all.yaml", manifest)
    reports = (
        "for key in pipes.asset_keys:\n        pipes.report_asset_materialization(asset_key=key)"
    )
    folder.write("defs/g/all.py", f"{OPENED}    {reports}\nraise SystemExit(2)\n")
    first = run("run", "*", "--format", "json", cwd=folder.root)
    done = run("run", "--last-failed", "--format", "json", cwd=folder.root)
    told, again = (json.loads(process.stdout)["assets"] for process in (first, done))
    assert [asset["asset"] for asset in again] == [asset["asset"] for asset in told]
    assert f"{BEFORE}it is made again, because the script has not succeeded since" in done.stderr


def test_what_a_blocking_check_stopped_is_made_again(folder: Folder) -> None:
    folder.write(
        "defs/g/two.yaml",
        "can_subset: true\nassets: {a: {}, b: {}}\nchecks: {ok: {asset: a, blocking: true}}\n",
    )
    check = "    pipes.report_asset_check('ok', False, asset_key='g/a')\n    FAILS = True\n"
    folder.write("defs/g/two.py", f"{OPENED}{check}{REPORTS_ONE.removeprefix(OPENED)}")
    run("run", "*", cwd=folder.root)
    done = run("run", "--last-failed", "--format", "json", cwd=folder.root)
    assert [asset["asset"] for asset in json.loads(done.stdout)["assets"]] == ["g/a", "g/b"]
    assert BEFORE not in done.stderr


@pytest.mark.parametrize("host", [(), ("--dagster",)])
def test_where_nothing_was_run_before_there_is_nothing_to_run_again(
    folder: Folder, host: tuple[str, ...]
) -> None:
    folder.asset("raw/a")
    done = run("run", "--last-failed", "--format", "json", *host, cwd=folder.root)
    assert (done.returncode, json.loads(done.stdout)["assets"]) == (0, [])
    assert done.stderr == "there is nothing to run again: nothing has been run here yet\n"


def test_a_run_needs_a_selection(folder: Folder) -> None:
    folder.asset("raw/a")
    done = run("run", cwd=folder.root)
    assert done.returncode == 2
    assert "say what to run: a selection, such as `'*'` or `defs/" in done.stderr

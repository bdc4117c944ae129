"""What every kind keeps, wherever it runs scripts: the same tests for all of them."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import psutil
import pytest

from tests.kinds.backends import Backend
from tests.support.folder import Folder
from tests.support.in_process import call
from tests.support.running import execute, load, stored
from tests.support.scripts import marked
from tests.support.trees import WITNESS

SECRET = "hunter22-of+the=team"
OWNER = """\
import dagster as dg
from pipes_projects import PipesProject

class Project(PipesProject):
    @classmethod
    def partitions_defs(cls):
        return {"days": dg.DailyPartitionsDefinition("2026-01-01", end_date="2026-02-01")}

    @classmethod
    def connections(cls):
        return CONNECTIONS

defs = Project.make_defs()
"""


class Ran:
    """What came of `pipes-projects run`."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err
        self.assets = {asset["asset"]: asset for asset in json.loads(out)["assets"]}

    def metadata(self, key: str) -> dict[str, Any]:
        """Of an asset, without types."""
        return {name: value["value"] for name, value in self.assets[key]["metadata"].items()}

    @property
    def why(self) -> str:
        """What went wrong, of the first asset."""
        return str(next(iter(self.assets.values()))["why"])


def ran(folder: Folder, *arguments: str) -> Ran:
    answer = call("run", "*", "--format", "json", *arguments, cwd=folder.root)
    return Ran(answer.code, answer.out.decode(), answer.err.decode())


def script(
    folder: Folder, backend: Backend, text: str, manifest: str = "", /, **options: Any
) -> None:
    """A script `g/a` of that kind."""
    folder.write("definitions.py", OWNER.replace("CONNECTIONS", repr(dict(backend.connections))))
    assert call("schema", cwd=folder.root).code == 0
    folder.asset("g/a", f"{backend.manifest(**options)}{manifest}")
    folder.write("defs/g/a.py", text)


def test_messages_come_whole(backend: Backend, folder: Folder) -> None:
    text = """
        import sys
        from dagster_pipes import open_dagster_pipes
        with open_dagster_pipes() as pipes:
            for number in range(500):
                pipes.log.info(f"message {number}.")
                print("line", number)
            pipes.report_asset_materialization(metadata={"text": "ü" * 200_000})
        print("x" * 200_000, file=sys.stderr)
    """
    script(folder, backend, text)
    outcome = ran(folder)
    assert outcome.code == 0, outcome.why
    assert outcome.metadata("g/a") == {"text": "ü" * 200_000}
    lines = outcome.err.splitlines()
    for number in range(500):
        assert f"g/a | INFO message {number}." in lines
    assert [line for line in lines if line.startswith("g/a | line ")] == [
        f"g/a | line {number}" for number in range(500)
    ]
    assert sum(line.count("x") for line in lines if line.endswith("xxx")) == 200_000


def test_a_message_that_is_cut_in_two_fails_the_run(backend: Backend, folder: Folder) -> None:
    text = """
        import os
        from dagster_pipes import decode_param
        path = decode_param(os.environ["DAGSTER_PIPES_MESSAGES"])["path"]
        with open(path, "a") as file:
            file.write('{"method": "opened", "params": {}}\\n{"method": "report_asset_mat')
    """
    script(folder, backend, text)
    outcome = ran(folder)
    assert outcome.code == 1
    assert "line 2 of its Pipes messages was not written completely" in outcome.why


def test_all_that_a_script_is_told_arrives(backend: Backend, folder: Folder) -> None:
    text = """
        import json, os, sys
        import helper
        from dagster_pipes import open_dagster_pipes
        with open_dagster_pipes() as pipes:
            window = pipes.partition_time_window
            pipes.report_asset_materialization(asset_key="g/one", metadata={
                "extra": pipes.get_extra("word"), "n": pipes.get_extra("n"),
                "partition": pipes.partition_key, "start": window["start"],
                "helper": helper.NAME, "data": open("data/words.txt").read(),
                "arguments": {"raw_value": sys.argv[1:], "type": "json"},
                "variable": os.environ["WORD"],
                "checks": {"raw_value": pipes.get_extra("selected_checks"), "type": "json"},
            })
            pipes.report_asset_materialization(asset_key="g/two", data_version="7")
            pipes.report_asset_check("rows", True, asset_key="g/one", metadata={"rows": 1})
    """
    manifest = """\
params: {n: 3}
extras: {word: 'über "all"'}
partitions_def: days
code_paths: [data/]
assets: {one: {checks: {rows: {}}}, two: {}}
"""
    options = {"args": ["--n={params.n}", "a b"], "env": {"WORD": 'ü"$HOME\n'}}
    script(folder, backend, text, manifest, **options)
    folder.write("defs/g/helper.py", "NAME = 'a neighbour'\n")
    folder.write("defs/g/data/words.txt", "words")
    outcome = ran(folder, "--partition", "2026-01-03", "--param", "n=5")
    assert outcome.code == 0, outcome.why
    told = outcome.metadata("g/one")
    assert told.pop("start").startswith("2026-01-03T00:00:00")
    assert told == {
        "extra": 'über "all"',
        "n": 5,
        "partition": "2026-01-03",
        "helper": "a neighbour",
        "data": "words",
        "arguments": ["--n=5", "a b"],
        "variable": 'ü"$HOME\n',
        "checks": {"g/one": ["rows"]},
    }
    assert outcome.assets["g/one"]["checks"]["rows"]["passed"]
    assert outcome.assets["g/two"]["data_version"] == "7"


def test_what_was_reported_before_a_failure_is_kept(backend: Backend, folder: Folder) -> None:
    text = """
        from dagster_pipes import open_dagster_pipes
        with open_dagster_pipes() as pipes:
            pipes.report_asset_materialization(asset_key="g/one", metadata={"rows": 1})
            raise ValueError("no two")
    """
    script(folder, backend, text, "assets: {one: {}, two: {}}\n")
    outcome = ran(folder)
    assert outcome.code == 1
    assert outcome.assets["g/one"]["made"]
    assert not outcome.assets["g/two"]["made"]
    assert outcome.metadata("g/one") == {"rows": 1}
    lines = outcome.why.splitlines()
    assert lines[0] == "defs/g/a.py: exit code 1"
    assert lines[1:4] == ["defs/g/a.py:5", '    raise ValueError("no two")', "ValueError: no two"]


@pytest.mark.parametrize(
    ("text", "ending"),
    [("import sys; sys.exit(7)", "exit code 7"), ("import os; os.abort()", "killed by SIGABRT")],
)
def test_the_error_names_the_script_and_how_it_ended(
    backend: Backend, folder: Folder, text: str, ending: str
) -> None:
    script(folder, backend, text)
    assert ran(folder).why.splitlines()[0] == f"defs/g/a.py: {ending}"


def test_secrets_are_masked_and_in_no_command_line(
    backend: Backend, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OWNERS_TOKEN", SECRET)
    text = """
        import os, sys, time
        from dagster_pipes import open_dagster_pipes
        token = os.environ["TOKEN"]
        assert len(token) == 20
        with open_dagster_pipes() as pipes:
            print("token", token)
            pipes.log.warning(token)
            pipes.report_asset_materialization(metadata={"token": token})
            sys.stdout.flush()
            time.sleep(0.5)
        sys.exit(f"no {token}")
    """
    script(folder, backend, text, "secrets: [{TOKEN: OWNERS_TOKEN}]\n")
    with watched(lambda: [line for line in command_lines() if SECRET in line]) as seen:
        outcome = ran(folder)
    assert seen == []
    assert "g/a | token ********" in outcome.err.splitlines()
    assert outcome.metadata("g/a") == {"token": "********"}
    assert "no ********" in outcome.why
    assert SECRET not in outcome.err + outcome.out


def command_lines() -> Iterator[str]:
    for process in psutil.process_iter():
        try:
            yield " ".join(process.cmdline())
        except psutil.Error:
            continue


class watched:  # noqa: N801
    """Looks again and again, while something runs."""

    def __init__(self, look: Callable[[], list[str]]) -> None:
        from threading import Event, Thread

        self.look, self.seen, self.done = look, list[str](), Event()
        self.thread = Thread(target=self._watch)

    def _watch(self) -> None:
        while not self.done.wait(0.02):
            self.seen += self.look()

    def __enter__(self) -> list[str]:
        self.thread.start()
        return self.seen

    def __exit__(self, *_: object) -> None:
        self.done.set()
        self.thread.join()


TREE = """
import signal, subprocess, sys, time
deaf = "import signal, time; [signal.signal(n, signal.SIG_IGN) for n in (2, 15)]; time.sleep(300)"
for is_deaf in (False, True):
    code = deaf if is_deaf else "import time; time.sleep(300)"
    subprocess.Popen([sys.executable, "-c", code], start_new_session=is_deaf)
from dagster_pipes import open_dagster_pipes
with open_dagster_pipes() as pipes:
    pipes.report_asset_materialization(metadata={"rows": 1})
    print("ready", flush=True)
    time.sleep(300)
"""


def test_what_takes_too_long_is_ended_with_all_that_it_started(
    backend: Backend, folder: Folder, witness: str
) -> None:
    script(folder, backend, TREE, "timeout: 3s\ngrace: 0.5s\n", env={WITNESS: witness})
    outcome = ran(folder)
    assert "g/a | ready" in outcome.err.splitlines()
    assert outcome.why.splitlines()[0] == "defs/g/a.py: timed out after 3s"
    assert outcome.metadata("g/a") == {"rows": 1}
    assert marked(WITNESS, witness) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_whoever_ends_the_run_nothing_is_left(
    backend: Backend, folder: Folder, witness: str, number: int
) -> None:
    script(folder, backend, TREE, "grace: 0.5s\n", env={WITNESS: witness})
    run = subprocess.Popen(
        [sys.executable, "-m", "pipes_projects", "run", "*"],
        cwd=folder.root,
        env={**os.environ, **backend.environment},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert run.stderr
    assert any("ready" in line for line in run.stderr)
    assert len(marked(WITNESS, witness)) >= 3
    run.send_signal(number)
    run.stderr.read()
    run.wait()
    until = time.monotonic() + 15
    while (marked(WITNESS, witness) or backend.left()) and time.monotonic() < until:
        time.sleep(0.05)
    assert marked(WITNESS, witness) == []
    assert backend.left() == []


def test_dagster_runs_it_too(backend: Backend, folder: Folder, tmp_path: Path) -> None:
    text = """
        from dagster_pipes import open_dagster_pipes
        with open_dagster_pipes() as pipes:
            n = pipes.get_extra("n")
            pipes.report_asset_materialization(asset_key="g/one", metadata={"n": n})
            if n > 3:
                raise ValueError("too many")
            pipes.report_asset_materialization(asset_key="g/two")
    """
    script(folder, backend, text, "params: {n: 3}\nassets: {one: {}, two: {}}\n")
    definitions = load(folder.root / "definitions.py")
    with stored(tmp_path / "home") as instance:
        outcome = execute(definitions, instance)
        assert outcome.metadata == {"g/one": {"n": 3}, "g/two": {}}, outcome.failures
        config = {"ops": {"g__a": {"config": {"n": 4}}}}
        failed = execute(definitions, instance, run_config=config)
    assert failed.made == {"g/one"}
    assert "defs/g/a.py: exit code 1\ndefs/g/a.py:7" in failed.failures["g__a"]
    assert isinstance(definitions, dg.Definitions)

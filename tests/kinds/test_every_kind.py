"""What every kind keeps, wherever it runs scripts: the same tests for all of them."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import dagster as dg
import psutil
import pytest

from pipes_projects.kinds.notebook.relay import LINK
from tests.kinds.backends import Backend
from tests.support.dagster.running import execute, load, stored
from tests.support.folder import Folder
from tests.support.in_process import call
from tests.support.processes.scripts import command_line
from tests.support.processes.trees import WITNESS

OF_RUN = (
    "slurm_job_id",
    "lambda_request_id",
    "ray_job_id",
    LINK,
    "AWS ",
    "Databricks ",
    "GCP ",
    "AzureML ",
)
"""Metadata that kinds themselves add, or how their names begin."""
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
        self.lines = [line.removeprefix("g/a | ") for line in err.splitlines()]

    def metadata(self, key: str) -> dict[str, Any]:
        """Of an asset, without types, and without what a kind adds."""
        return own({name: value["value"] for name, value in self.assets[key]["metadata"].items()})

    @property
    def why(self) -> str:
        """What went wrong, of the first asset."""
        return str(next(iter(self.assets.values()))["why"])


def own(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """What the script has reported, without what its kind adds."""
    return {name: value for name, value in metadata.items() if not name.startswith(OF_RUN)}


def ran(folder: Folder, *arguments: str) -> Ran:
    answer = call("run", "*", "--format", "json", *arguments, cwd=folder.root)
    return Ran(answer.code, answer.out.decode(), answer.err.decode())


def script(
    folder: Folder, backend: Backend, text: str, manifest: str = "", /, **options: Any
) -> None:
    """A script `g/a` of that kind."""
    folder.write("definitions.py", OWNER.replace("CONNECTIONS", repr(dict(backend.connections))))
    backend.in_project(folder.root)
    assert call("schema", cwd=folder.root).code == 0
    folder.asset("g/a", f"{backend.manifest(**options)}{manifest}")
    folder.write(backend.path, backend.content(text))


def test_messages_come_whole(backend: Backend, folder: Folder) -> None:
    text = """
        import sys
        from dagster_pipes import open_dagster_pipes
        with open_dagster_pipes() as pipes:
            for number in range(500):
                print("line", number)
            for number in range(500):
                pipes.log.info(f"message {number}.")
            pipes.report_asset_materialization(metadata={"text": "ü" * 200_000})
            print("x" * 200_000, file=sys.stderr)
    """
    script(folder, backend, text)
    outcome = ran(folder, *backend.asked)
    assert outcome.code == 0, outcome.why
    assert outcome.metadata("g/a") == {"text": "ü" * 200_000}
    messages = [line.rpartition(" message ")[2] for line in outcome.lines if " message " in line]
    assert messages == [f"{number}." for number in range(500)]
    assert [line for line in outcome.lines if line.startswith("line ")] == [
        f"line {number}" for number in range(500)
    ]
    shown = sum(line.count("x") for line in outcome.lines if line.endswith("xxx"))
    assert shown == 200_000 * backend.echoes


def test_a_message_that_is_cut_in_two_fails_the_run(backend: Backend, folder: Folder) -> None:
    head = '{"__dagster_pipes_version": "0.1", "method": '
    cut = f'{head}"opened", "params": {{}}}}\n{head}"report_asset_mat'
    script(folder, backend, backend.says(cut))
    outcome = ran(folder, *backend.asked)
    assert outcome.code == 1
    assert f"{backend.path}: line 2 of its Pipes messages {backend.cut}: {head}" in outcome.why


def test_all_that_a_script_is_told_arrives(backend: Backend, folder: Folder) -> None:
    checks = "{checks: {rows: {}}}" if backend.is_program else "{}"
    manifest = f"""\
params: {{n: 3}}
extras: {{word: 'über "all"'}}
partitions_def: days
code_paths: [data/]
assets: {{one: {checks}, two: {{}}}}
"""
    arguments = {"args": ["--n={params.n}", "a b"]} if backend.takes_arguments else {}
    variables = {"env": {"WORD": 'ü"$HOME\n'}} if backend.takes_variables else {}
    text = backend.scripts.told.replace("ARGUMENTS", backend.arguments)
    script(folder, backend, text, manifest, **arguments, **variables)
    folder.write("defs/g/helper.py", "NAME = 'a neighbour'\n")
    folder.write("defs/g/data/words.txt", "words")
    outcome = ran(folder, *backend.asked, "--partition", "2026-01-03", "--param", "n=5")
    assert outcome.code == 0, outcome.why
    told = backend.reported(outcome.metadata("g/one"))
    assert re.match(r"2026-01-03(T00:00:00|$)", told.pop("start"))
    assert told.pop("extra") == 'über "all"'
    assert (told.pop("n"), told.pop("partition")) == (5, "2026-01-03")
    if backend.is_program:
        assert told == {
            "helper": "a neighbour",
            "data": "words",
            "arguments": ["--n=5", "a b"],
            "variable": 'ü"$HOME\n' if backend.takes_variables else "none",
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
    outcome = ran(folder, *backend.asked)
    assert outcome.code == 1
    assert outcome.assets["g/one"]["made"]
    assert not outcome.assets["g/two"]["made"]
    assert outcome.metadata("g/one") == {"rows": 1}
    lines = outcome.why.splitlines()
    assert re.fullmatch(f"{backend.path}: {backend.failed('exit code 1')}", lines[0])
    assert lines[1:4] == [backend.place(5), '    raise ValueError("no two")', "ValueError: no two"]


SEEN = "time.sleep(1.5)"
REGRETS = {
    "os.truncate(path, 0)": "cut off",
    "os.remove(path)": "removed",
    "os.remove(path); open(path, 'w').close()": "replaced",
    "os.remove(path); os.mkfifo(path)": "replaced",
    "shutil.rmtree(os.path.dirname(path))": "removed",
    f"{SEEN}; os.truncate(path, 0)": "cut off",
    f"{SEEN}; os.truncate(path, 0); {SEEN}; open(path, 'a').write('x')": "cut off",
    f"{SEEN}; os.remove(path); {SEEN}": "removed",
    f"{SEEN}; os.remove(path); os.mkdir(path); {SEEN}": "replaced",
}
"""What a script does with the file of its messages, and what is said about that."""


@pytest.mark.parametrize(("regret", "how"), REGRETS.items())
def test_a_script_cannot_take_back_what_it_has_said(
    backend: Backend, folder: Folder, regret: str, how: str
) -> None:
    text = f"""
        import os, shutil, time
        from dagster_pipes import decode_param, open_dagster_pipes
        with open_dagster_pipes():
            path = decode_param(os.environ.get("DAGSTER_PIPES_MESSAGES"))["path"]
        {regret}
    """
    script(folder, backend, text)
    outcome = ran(folder, *backend.asked)
    assert outcome.code == 1
    assert not outcome.assets["g/a"]["made"]
    is_possible = backend.may_remove or how == "cut off"
    why = f"the script {how} the file that takes its Pipes messages"
    assert (why if is_possible else "OSError: [Errno ") in outcome.why


@pytest.mark.parametrize(
    ("text", "ending"),
    [("import sys; sys.exit(7)", "exit code 7"), ("import os; os.abort()", "killed by SIGABRT")],
)
def test_the_error_names_the_script_and_how_it_ended(
    backend: Backend, folder: Folder, text: str, ending: str
) -> None:
    script(folder, backend, text)
    first = ran(folder, *backend.asked).why.splitlines()[0]
    assert re.fullmatch(f"{backend.path}: {backend.failed_silently(ending)}", first), first


def test_secrets_are_masked_and_in_no_command_line(
    backend: Backend, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OWNERS_TOKEN", SECRET)
    secrets = "secrets: [{TOKEN: OWNERS_TOKEN}]\n"
    script(folder, backend, backend.scripts.fails_with_secret.replace("SECRET", SECRET), secrets)
    with watched(lambda: [line for line in command_lines() if SECRET in line]) as seen:
        outcome = ran(folder, *backend.asked)
    assert seen == []
    assert "no ********" in outcome.why
    if backend.is_program:
        assert "g/a | token ********" in outcome.err.splitlines()
        assert outcome.metadata("g/a") == {"token": "********"}
    assert SECRET not in outcome.err + outcome.out


def command_lines() -> Iterator[str]:
    return map(command_line, psutil.process_iter())


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


def test_what_takes_too_long_is_ended_with_all_that_it_started(
    backend: Backend, folder: Folder, witness: str
) -> None:
    limit = f"{backend.starts_within}s"
    manifest = f"timeout: {limit}\n{backend.soon}"
    script(folder, backend, backend.scripts.endless, manifest, **backend.marked(WITNESS, witness))
    outcome = ran(folder, *backend.asked)
    assert outcome.why.splitlines()[0] == f"{backend.path}: timed out after {limit}"
    assert backend.at_work(witness) == []
    if backend.is_program:
        assert "ready" in outcome.lines
        assert outcome.metadata("g/a") == {"rows": 1}


def test_a_run_that_is_cancelled_leaves_nothing(
    backend: Backend, folder: Folder, witness: str
) -> None:
    ended(backend, folder, witness, signal.SIGINT)


def test_a_run_that_is_killed_leaves_nothing(
    backend: Backend, folder: Folder, witness: str
) -> None:
    ended(backend, folder, witness, signal.SIGKILL)


def ended(backend: Backend, folder: Folder, witness: str, number: int) -> None:
    """A signal ends a run, and with it all that it has started."""
    text = backend.scripts.endless
    script(folder, backend, text, backend.soon, **backend.marked(WITNESS, witness))
    run = subprocess.Popen(
        [sys.executable, "-m", backend.program, "run", "*", *backend.asked],
        cwd=folder.root,
        env={**os.environ, **backend.environment},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert run.stderr
    assert backend.goes_on(run.stderr)
    assert len(backend.at_work(witness)) >= backend.processes
    run.send_signal(number)
    run.stderr.read()
    run.wait()
    until = time.monotonic() + 15
    while (backend.at_work(witness) or backend.left()) and time.monotonic() < until:
        time.sleep(0.05)
    assert backend.at_work(witness) == []
    assert backend.left() == []


def test_dagster_runs_it_too(backend: Backend, folder: Folder, tmp_path: Path) -> None:
    manifest = "params: {n: 3}\nassets: {one: {}, two: {}}\n"
    script(folder, backend, backend.scripts.at_most_three, manifest)
    definitions = load(folder.root / "definitions.py")
    with stored(tmp_path / "home") as instance:
        outcome = execute(definitions, instance)
        assert outcome.made == {"g/one", "g/two"}, outcome.failures
        assert backend.reported(own(outcome.metadata["g/one"])) == {"n": 3}
        config = {"ops": {"g__a": {"config": {"n": 4}}}}
        failed = execute(definitions, instance, run_config=config)
    assert failed.made == ({"g/one"} if backend.is_program else set())
    why = f"{backend.path}: {backend.failed('exit code 1')}\n{backend.place(7)}(:|\n)"
    assert re.search(why, failed.failures["g__a"])
    assert isinstance(definitions, dg.Definitions)

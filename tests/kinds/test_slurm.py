"""What only clusters have: queues, limits, controllers, and jobs that nobody waits for any more."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from json import dumps
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest

from pipes_projects.kinds.connections import variable_of
from tests.kinds.backends import Slurm
from tests.kinds.conftest import Backends
from tests.kinds.test_every_kind import ran, script
from tests.support.folder import Folder
from tests.support.processes.scripts import command_line, marked
from tests.support.processes.trees import WITNESS
from tests.support.servers.storages import free_port, sftp

JOB = Path(__file__).parents[2] / "pipes_projects/kinds/slurm/job.sh"


@pytest.fixture
def slurm(backends: Backends, monkeypatch: pytest.MonkeyPatch) -> Iterator[Slurm]:
    found = backends.of("slurm")
    assert isinstance(found, Slurm)
    for name, value in found.environment.items():
        monkeypatch.setenv(name, value)
    yield found
    assert found.left() == []


def test_a_job_gets_what_it_asks_for_and_its_number_is_kept(slurm: Slurm, folder: Folder) -> None:
    text = """
        import os, sys
        from dagster_pipes import open_dagster_pipes
        names = ["JOB_PARTITION", "CPUS_PER_TASK", "JOB_ACCOUNT", "JOB_NUM_NODES"]
        with open_dagster_pipes() as pipes:
            pipes.report_asset_materialization(metadata={
                "job": os.environ["SLURM_JOB_ID"], "name": os.environ["SLURM_JOB_NAME"][:10],
                "given": " ".join(os.environ["SLURM_" + name] for name in names),
                "set": os.environ["OF_SETUP"], "word": os.environ.get("OF_DAGSTER", "none")})
    """
    options = {"partition": "main", "cpus": 2, "account": "team", "nodes": 1, "time": "0:10:00"}
    options |= {"setup": "true\nexport OF_SETUP='set up'", "sbatch": ["--nice=5"]}
    script(folder, slurm, text, **options)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OF_DAGSTER", "not for scripts")
        patch.setenv("SLURM_CPUS_PER_TASK", "7")  # of a job that Dagster itself may be
        outcome = ran(folder)
    assert outcome.code == 0, outcome.why
    told = outcome.metadata("g/a")
    assert told.pop("job") == outcome.assets["g/a"]["metadata"]["slurm_job_id"]["value"]
    assert told == {
        "name": "defs/g/a.p",
        "given": "main 2 team 1",
        "set": "set up",
        "word": "none",
    }


def test_a_set_up_that_fails_ends_the_job(slurm: Slurm, folder: Folder) -> None:
    script(folder, slurm, "print('never')\n", setup="no-such-command\ntrue")
    outcome = ran(folder)
    assert outcome.why.splitlines()[0] == "defs/g/a.py: exit code 127"
    assert "no-such-command: command not found" in outcome.why
    assert "never" not in outcome.err


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"partition": "nope"}, "Slurm has no partition `nope`: it has `main`, `brief`"),
        ({"gres": "gpu:1"}, "Slurm does not take the job: Invalid generic resource (gres) "),
        ({"constraint": "zip"}, "Slurm does not take the job: Invalid feature specification"),
        ({"mem": "4T"}, "Slurm does not take the job: Requested node configuration is not "),
        ({"sbatch": ["--no-such"]}, "Slurm does not take the job: "),
        ({"cwd": "/no/such"}, "the node has no folder `/no/such`"),
        ({"command": ["no-such"]}, "the node has no program `no-such` on its PATH"),
        ({"folder": "/no/such"}, "the script cannot be put where nodes find it: mkdir: "),
    ],
)
def test_what_cannot_be_had_is_one_sentence(
    slurm: Slurm, folder: Folder, options: dict[str, Any], why: str
) -> None:
    script(folder, slurm, "print('never')\n", **options)
    told = ran(folder).why
    assert told.startswith(f"defs/g/a.py: {why}")
    assert "\n" not in told


def test_what_could_never_start_is_cancelled(slurm: Slurm, folder: Folder) -> None:
    script(folder, slurm, "print('never')\n", partition="brief", time="10")
    why = ran(folder).why
    assert why.startswith("defs/g/a.py: Slurm job ")
    assert why.endswith(" could never start, and was cancelled: PartitionTimeLimit")


def _is_of_queue(line: str) -> bool:
    return line.startswith(("Slurm job ", "the Slurm controller does not answer"))


def test_why_a_job_is_pending_is_said(slurm: Slurm, folder: Folder) -> None:
    asked = {"sbatch": ["--begin=now+1hour"]}
    script(folder, slurm, "", "timeout: 3s\ngrace: 0.2s\n", **asked)
    first, *earlier, last = ran(folder).why.splitlines()
    assert first == "defs/g/a.py: timed out after 3s"
    assert [
        line for line in earlier if not _is_of_queue(line)
    ] == []  # a slow one has other reasons
    assert last.startswith("Slurm job ")
    assert last.endswith(" is pending: BeginTime")
    script(folder, slurm, "", start_within="1s", **asked)
    assert ran(folder).why.endswith(" did not start within 1 seconds: BeginTime")


def test_there_may_be_no_slurm(
    slurm: Slurm, folder: Folder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    script(folder, slurm, "print('never')\n")
    (tmp_path / "bin").mkdir()
    for name in ("sh", "mkdir", "tar", "rm"):
        (tmp_path / "bin" / name).symlink_to(f"/bin/{name}")
    with monkeypatch.context() as patch:
        patch.setenv("PATH", str(tmp_path / "bin"))
        why = ran(folder).why
    assert why == (
        "defs/g/a.py: there is no `sbatch` where jobs are submitted: install Slurm's commands, or"
        " name a host that has them in `connection`"
    )


def test_there_may_be_no_cluster(
    slurm: Slurm, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    script(folder, slurm, "print('never')\n")
    with monkeypatch.context() as patch:
        patch.delenv("SLURM_CONF")
        why = ran(folder).why
    assert why == (
        "defs/g/a.py: Slurm's commands find no cluster where jobs are submitted: set SLURM_CONF, or"
        " name a host that knows it in `connection`"
    )


@pytest.mark.parametrize("is_mute", [False, True])
def test_a_controller_that_does_not_answer_is_one_sentence(
    slurm: Slurm, folder: Folder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, is_mute: bool
) -> None:
    script(folder, slurm, "print('never')\n")
    known, port = Path(slurm.environment["SLURM_CONF"]).read_text("ascii"), free_port()
    lines = ["" if "SlurmctldPort" in line else line for line in known.splitlines()]
    config = tmp_path / "slurm.conf"
    config.write_text("\n".join([*lines, f"SlurmctldPort={port}", ""]), "ascii")
    monkeypatch.setenv("SLURM_CONF", str(config))
    with socket.socket() as mute:
        if is_mute:
            mute.bind(("127.0.0.1", port))
            mute.listen()
        why = ran(folder).why
    assert why.startswith("defs/g/a.py: the Slurm controller does not answer: ")
    assert why.endswith("; try `scontrol ping` there")
    assert "\n" not in why


def test_a_job_that_is_cancelled_in_slurm_says_so(slurm: Slurm, folder: Folder) -> None:
    script(folder, slurm, "import time\nprint('ready', flush=True)\ntime.sleep(300)\n")
    run = started(folder, slurm)
    (name,) = slurm.jobs()
    subprocess.run(["scancel", f"--name={name}"], check=True)
    assert run.stderr
    assert " CANCELLED AT " in run.stderr.read()
    assert run.wait(timeout=60) == 1


def test_a_job_that_ends_without_a_word_says_how_slurm_calls_it(
    slurm: Slurm, folder: Folder
) -> None:
    script(folder, slurm, "import time\nprint('ready', flush=True)\ntime.sleep(300)\n")
    run = started(folder, slurm)
    words = [
        process for process in psutil.process_iter() if "slurm_script" in command_line(process)
    ]
    below = [child for process in words for child in process.children(recursive=True)]
    for process in {*words, *below}:  # this Slurm does not find what has lost its parent
        process.kill()
    assert run.stderr
    assert "g/a | Slurm ended the job as FAILED" in run.stderr.read().splitlines()
    assert run.wait(timeout=60) == 1


def started(folder: Folder, backend: Slurm) -> subprocess.Popen[str]:
    """A run whose script is ready."""
    run = subprocess.Popen(
        [sys.executable, "-m", "pipes_projects", "run", "*"],
        cwd=folder.root,
        env={**os.environ, **backend.environment},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert run.stderr
    assert any("ready" in line for line in run.stderr)
    return run


@pytest.mark.parametrize("which", [0, 1])
def test_if_one_process_of_the_driver_is_killed_the_other_cancels_the_job(
    slurm: Slurm, folder: Folder, witness: str, which: int
) -> None:
    script(folder, slurm, slurm.scripts.endless, "grace: 0.5s\n", env={WITNESS: witness})
    run = started(folder, slurm)
    found = psutil.Process(run.pid).children(recursive=True)
    drivers = [one for one in found if "pipes_projects.kinds.slurm.driver" in command_line(one)]
    drivers[which].kill()
    assert run.wait(timeout=60) == 1
    until = time.monotonic() + 30
    while (marked(WITNESS, witness) or slurm.left()) and time.monotonic() < until:
        time.sleep(0.05)
    assert marked(WITNESS, witness) == []


def test_a_job_that_nobody_waits_for_ends_itself(tmp_path: Path, witness: str) -> None:
    """The node's side alone: of a driver and its machine that are gone, nothing is heard."""
    there = tmp_path / "there"
    there.mkdir()
    tree = JOB.parents[1] / "drivers/tree.sh"
    (there / "tree.sh").write_bytes(tree.read_bytes())
    (there / "driver").write_text("0\n")
    mark = f"export PIPES_PROJECTS_SCRIPT=m{witness} {WITNESS}={witness}\n"
    (there / "start").write_text(f"{mark}setsid sleep 300 &\nexec sleep 300\n")
    words = ["bash", str(JOB), str(there), f"m{witness}", "3", "2"]
    job = subprocess.Popen(words, stdin=subprocess.DEVNULL, start_new_session=True)
    until = time.monotonic() + 10
    while len(marked(WITNESS, witness)) < 2 and time.monotonic() < until:
        time.sleep(0.05)
    for number in range(30):  # as long as somebody writes, it goes on
        (there / "driver").write_text(f"{number}\n")
        time.sleep(0.1)
    assert job.poll() is None
    assert len(marked(WITNESS, witness)) == 2
    assert job.wait(timeout=30) == 128 + signal.SIGINT
    assert marked(WITNESS, witness) == []
    assert not there.exists()


@pytest.fixture
def login(slurm: Slurm, tmp_path: Path) -> Iterator[Mapping[str, Any]]:
    """The connection to a host that knows the cluster."""
    with sftp(tmp_path, f"SetEnv SLURM_CONF={slurm.environment['SLURM_CONF']}") as where:
        yield {"host": "127.0.0.1", "port": urlsplit(where.at).port, **where.options}


def test_jobs_may_be_submitted_from_another_host(
    login: Mapping[str, Any],
    slurm: Slurm,
    folder: Folder,
    monkeypatch: pytest.MonkeyPatch,
    witness: str,
) -> None:
    there = dict(login)
    monkeypatch.setenv(variable_of("cluster"), dumps(there))
    owned = replace(slurm, connections={"cluster": there})
    text = "from dagster_pipes import open_dagster_pipes\nwith open_dagster_pipes() as pipes:\n"
    text += "    print('ready')\n    pipes.report_asset_materialization(metadata={'rows': 1})\n"
    asked = {"connection": "cluster"}
    script(folder, owned, text, **asked)
    outcome = ran(folder)
    assert outcome.code == 0, outcome.why
    assert outcome.metadata("g/a") == {"rows": 1}
    manifest = "timeout: 5s\ngrace: 0.5s\n"
    script(folder, owned, owned.scripts.endless, manifest, env={WITNESS: witness}, **asked)
    outcome = ran(folder)
    assert outcome.why.splitlines()[0] == "defs/g/a.py: timed out after 5s"
    assert outcome.metadata("g/a") == {"rows": 1}
    assert marked(WITNESS, witness) == []
    monkeypatch.setenv(variable_of("cluster"), dumps({**there, "port": free_port()}))
    assert "cannot be reached" in ran(folder).why

"""What only containers have: images, daemons, mounts, and drivers that are killed."""

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from tests.kinds.backends import Docker
from tests.kinds.conftest import Backends
from tests.kinds.test_every_kind import ran, script
from tests.support.folder import Folder
from tests.support.processes.scripts import command_line
from tests.support.servers.dockerd import PYTHON

WAITS = "import time\nprint('ready', flush=True)\ntime.sleep(300)\n"


@pytest.fixture
def docker(backends: Backends, monkeypatch: pytest.MonkeyPatch) -> Iterator[Docker]:
    found = backends.of("docker")
    assert isinstance(found, Docker)
    for name, value in found.environment.items():
        monkeypatch.setenv(name, value)
    yield found
    assert found.left() == []


def started(folder: Folder) -> tuple[subprocess.Popen[str], list[psutil.Process]]:
    """A run whose script waits, and the two processes of its driver."""
    run = subprocess.Popen(
        [sys.executable, "-m", "pipes_projects", "run", "*"],
        cwd=folder.root,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert run.stderr
    assert any("ready" in line for line in run.stderr)
    found = psutil.Process(run.pid).children(recursive=True)
    drivers = [one for one in found if "pipes_projects.kinds.docker.driver" in command_line(one)]
    assert len(drivers) == 2
    return run, drivers


@pytest.mark.parametrize("which", [0, 1])
def test_if_one_process_of_the_driver_is_killed_the_other_removes_the_container(
    docker: Docker, folder: Folder, which: int
) -> None:
    script(folder, docker, WAITS, "grace: 0.5s\n")
    run, drivers = started(folder)
    drivers[which].kill()
    assert run.wait(timeout=30) == 1
    assert docker.left() == []


def test_if_both_are_killed_the_next_run_removes_it(docker: Docker, folder: Folder) -> None:
    script(folder, docker, WAITS)
    run, drivers = started(folder)
    for driver in drivers:
        driver.suspend()
    for driver in drivers:
        driver.kill()
    run.wait(timeout=30)
    assert len(docker.left()) == 1
    script(folder, docker, "print('next')\n")
    assert ran(folder).code == 0
    assert docker.left() == []


def test_a_container_of_a_run_that_goes_on_is_left_alone(docker: Docker, folder: Folder) -> None:
    script(folder, docker, WAITS, "grace: 0.2s\n")
    run, _ = started(folder)
    other = Folder(folder.root.parent / "other")
    script(other, docker, "print('next')\n")
    assert ran(other).code == 0
    assert len(docker.left()) == 1
    run.send_signal(signal.SIGINT)
    assert run.wait(timeout=30) != 0


def test_an_image_that_is_not_there_is_one_sentence(docker: Docker, folder: Folder) -> None:
    script(folder, docker, "", image="127.0.0.1:1/no-such:1", pull="never")
    assert ran(folder).why == (
        "defs/g/a.py: the Docker daemon does not have the image `127.0.0.1:1/no-such:1`: pull it"
        " there, or leave out `pull: never`"
    )
    script(folder, docker, "", image="127.0.0.1:1/no-such:1")
    why = ran(folder).why
    assert why.startswith("defs/g/a.py: the image `127.0.0.1:1/no-such:1` cannot be pulled: ")
    assert why.endswith("; check its name, and whether the daemon may pull it")
    assert "\n" not in why


def test_a_daemon_that_is_not_there_is_one_sentence(
    docker: Docker, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    script(folder, docker, "")
    monkeypatch.setenv("DOCKER_HOST", "unix:///no/such.sock")
    assert ran(folder).why == (
        "defs/g/a.py: the Docker daemon at `unix:///no/such.sock` cannot be used: nothing listens"
        " there; start it, or set DOCKER_HOST to where it is"
    )


def test_a_daemon_of_a_connection_is_called_by_its_name(
    docker: Docker, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = "unix:///no/such.sock"
    monkeypatch.setenv("PIPES_PROJECTS_CONNECTION_BOX", url)
    script(folder, replace(docker, connections={"box": url}), "", connection="box")
    assert ran(folder).why == (
        "defs/g/a.py: the Docker daemon of connection `box` cannot be used: nothing listens there;"
        " start it, or check the connection"
    )


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (
            "ftp://box",
            "the URL of connection `box` is not that of a daemon: write `unix:///path`,"
            " `tcp://host:port` or `ssh://user@host`",
        ),
        (
            '{"host": "tcp://box:x"}',
            "the URL of connection `box` is not that of a daemon: write `unix:///path`,"
            " `tcp://host:port` or `ssh://user@host`",
        ),
        (
            '{"hots": "tcp://box:1"}',
            "connection `box` has `hots`, and may have only `host`, `username`, `password`",
        ),
    ],
)
def test_a_connection_that_names_no_daemon_is_one_sentence(
    docker: Docker, folder: Folder, monkeypatch: pytest.MonkeyPatch, value: str, why: str
) -> None:
    monkeypatch.setenv("PIPES_PROJECTS_CONNECTION_BOX", value)
    script(folder, replace(docker, connections={"box": value}), "", connection="box")
    assert ran(folder).why == f"defs/g/a.py: {why}"


def test_a_daemon_that_does_not_answer_ends_with_the_time_limit(
    docker: Docker, folder: Folder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    script(folder, docker, "", "timeout: 1s\ngrace: 0.2s\n")
    with socket.socket(socket.AF_UNIX) as mute:
        mute.bind(str(tmp_path / "mute"))
        mute.listen()
        monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/mute")
        assert ran(folder).why.startswith("defs/g/a.py: timed out after 1s")


def test_a_program_that_is_not_in_the_image_is_one_sentence(docker: Docker, folder: Folder) -> None:
    script(folder, docker, "", command=["no-such-program"])
    assert ran(folder).why == (
        "defs/g/a.py: the image `pipes-projects-test:latest` has no program `no-such-program`:"
        " name one that it has in `command`"
    )


def test_another_user_may_report_and_change_nothing(docker: Docker, folder: Folder) -> None:
    text = """
        import os
        from pathlib import Path
        from dagster_pipes import open_dagster_pipes
        with open_dagster_pipes() as pipes:
            try:
                Path(__file__).write_text("")
            except OSError as error:
                pipes.report_asset_materialization(
                    metadata={"user": os.getuid(), "why": error.strerror})
    """
    script(folder, docker, text, user="1234:1234")
    outcome = ran(folder)
    assert outcome.code == 0, outcome.why
    assert outcome.metadata("g/a") == {"user": 1234, "why": "Read-only file system"}


def test_a_container_sees_what_belongs_to_the_script_and_no_more(
    docker: Docker, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OF_DAGSTER", "not for scripts")
    monkeypatch.setenv("LISTED", "for scripts")
    text = """
        import os
        from dagster_pipes import open_dagster_pipes
        names = sorted(name for name in os.environ if name in ("OF_DAGSTER", "LISTED"))
        with open_dagster_pipes() as pipes:
            pipes.report_asset_materialization(metadata={
                "files": " ".join(sorted(os.listdir("."))), "root": " ".join(os.listdir("../..")),
                "volume": open("/in/there").read(), "names": " ".join(names)})
    """
    folder.write(".env", "PASSWORD=x\n")
    folder.write("defs/g/notes.txt")
    folder.write("data/there", "from here")
    more = "code_paths: [words.txt]\ninherit_env: [LISTED]\n"
    folder.write("defs/g/words.txt")
    script(folder, docker, text, more, volumes=[f"{folder.root}/data:/in:ro"])
    outcome = ran(folder)
    assert outcome.code == 0, outcome.why
    assert outcome.metadata("g/a") == {
        "files": "a.py words.txt",
        "root": "defs",
        "volume": "from here",
        "names": "LISTED",
    }


def test_scripts_may_be_part_of_the_image(docker: Docker, folder: Folder) -> None:
    client = docker.client()
    folder.write("baked/Dockerfile", "FROM pipes-projects-test:latest\nCOPY defs /app/defs\n")
    folder.write("baked/defs/g/a.py", "print('of the image')\nraise ValueError\n")
    client.images.build(path=str(folder.root / "baked"), tag="baked", network_mode="none")
    script(folder, docker, "print('of the project')\n", image="baked", in_image="/app")
    outcome = ran(folder)
    assert "g/a | of the image" in outcome.err.splitlines()
    assert outcome.why.splitlines()[1] == "defs/g/a.py:2"


def test_memory_is_limited(docker: Docker, folder: Folder) -> None:
    script(folder, docker, "x = bytearray(200_000_000)\nprint(sum(x[::4096]))\n", memory="32m")
    why = ran(folder).why
    assert why == (
        "defs/g/a.py: killed by SIGKILL\nthe container ran out of memory, of which it may use 32m"
    )


def test_the_owner_says_which_daemon(
    docker: Docker, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = docker.environment["DOCKER_HOST"]
    monkeypatch.setenv("DOCKER_HOST", "unix:///no/such.sock")
    monkeypatch.setenv("PIPES_PROJECTS_CONNECTION_BOX", f'{{"host": "{url}"}}')
    owned = replace(docker, connections={"box": {"host": url}})
    script(folder, owned, "print('there')\n", connection="box", command=[PYTHON])
    assert ran(folder).code == 0

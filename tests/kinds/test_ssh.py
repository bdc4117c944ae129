"""What only hosts have: keys, users, folders, and connections that are lost."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
import pytest

from pipes_projects.kinds.connections import variable_of
from pipes_projects.kinds.ssh import connecting
from pipes_projects.kinds.ssh.connecting import connected
from tests.kinds.backends import Ssh
from tests.kinds.conftest import Backends
from tests.kinds.test_every_kind import ran, script
from tests.support.folder import Folder
from tests.support.processes.scripts import command_line, marked
from tests.support.processes.trees import WITNESS
from tests.support.servers.storages import free_port


@pytest.fixture
def ssh(backends: Backends, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Ssh]:
    found = backends.of("ssh")
    assert isinstance(found, Ssh)
    for name, value in found.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("HOME", str(tmp_path))
    yield found
    assert found.left() == []


def why_not(folder: Folder, monkeypatch: pytest.MonkeyPatch, value: Any) -> str:
    """Why a script does not start with this connection."""
    text = value if isinstance(value, str) else json.dumps(value)
    monkeypatch.setenv(variable_of("there"), text)
    return ran(folder).why


def test_what_keeps_a_host_from_being_used_is_one_sentence(
    ssh: Ssh, folder: Folder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    script(folder, ssh, "print('never')\n")
    there = dict(ssh.connections["there"])
    host, unknown = f"127.0.0.1:{there['port']}", tmp_path / "known"
    unknown.touch()

    def why(**other: Any) -> str:
        return why_not(folder, monkeypatch, {**there, **other})

    assert why(known_hosts=str(unknown)).startswith(
        f"defs/g/a.py: the key of the host `{host}` is not known: connect once with `ssh -p "
    )
    key = (Path(there["known_hosts"]).parent / "user.pub").read_text("ascii")
    unknown.write_text(f"[127.0.0.1]:{there['port']} {key}", "ascii")
    assert why(known_hosts=str(unknown)) == (
        f"defs/g/a.py: the host `{host}` has another key than the known one: find out why before"
        " you replace the old one in `known_hosts`"
    )
    assert why(username="nobody-here") == (
        f"defs/g/a.py: the host `{host}` does not let `nobody-here` in: check the user, the key and"
        " the password of the connection"
    )
    port = free_port()
    assert why(port=port) == (
        f"defs/g/a.py: the host `127.0.0.1:{port}` cannot be reached: connection refused; check the"
        " connection, and whether an SSH server runs there"
    )
    assert why(host="no-such-host.invalid") == (
        "defs/g/a.py: no host is called `no-such-host.invalid`: check the connection"
    )
    assert why(pasword="x") == (
        "defs/g/a.py: the connection has `pasword`, and may have only `host`, `port`, `username`,"
        " `password`, `key_filename`, `passphrase`, `known_hosts`, `allow_agent`, `look_for_keys`"
    )
    for value in ({**there, "port": "x"}, "ssh://ann@127.0.0.1:x", "ssh://[::1]:99999"):
        assert why_not(folder, monkeypatch, value) == (
            "defs/g/a.py: the connection's `port` is not a number from 1 to 65535"
        )


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("ssh://ann:p%40ss@box:2222", {"port": 2222, "username": "ann", "password": "p@ss"}),
        ("ssh://[::1]:22", {"hostname": "::1", "port": 22}),
        ("ssh://[::1]", {"hostname": "::1"}),
        ("ssh://box", {"hostname": "box"}),
    ],
)
def test_a_url_says_what_its_parts_say(
    url: str, expected: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert connecting.settings(url) == {"hostname": "box", **expected}


@pytest.mark.parametrize("greeting", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n"])
def test_a_server_that_does_not_speak_ssh_is_one_sentence(
    greeting: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection alone: the driver waits for a silent server for longer than a test may."""
    monkeypatch.setattr(connecting, "SECONDS", 1)
    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor(1) as pool:
        answer = pool.submit(_greet, server, greeting)
        host, port = server.getsockname()
        there = {"host": host, "port": port, "username": "ann", "password": "x"}
        with pytest.raises(connecting.UnreachableHostError) as raised, connected(there):
            pass
        answer.result().close()
    assert str(raised.value) == (
        f"the host `127.0.0.1:{port}` does not answer as an SSH server does: check the connection,"
        " and whether an SSH server runs there"
    )


def _greet(server: socket.socket, greeting: bytes) -> socket.socket:
    client, _ = server.accept()
    client.sendall(greeting)
    if greeting:
        client.close()
    return client


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"command": ["no-such-program"]}, "has no program `no-such-program` on its PATH"),
        ({"cwd": "/no/such/folder"}, "has no folder `/no/such/folder`"),
    ],
)
def test_what_is_not_there_is_one_sentence(
    ssh: Ssh, folder: Folder, options: dict[str, Any], why: str
) -> None:
    script(folder, ssh, "print('never')\n", **options)
    assert ran(folder).why == f"defs/g/a.py: the host of connection `there` {why}"


def test_a_folder_that_cannot_be_made_is_one_sentence(ssh: Ssh, folder: Folder) -> None:
    script(folder, ssh, "", folder="/no/such")
    why = ran(folder).why
    assert why.startswith("defs/g/a.py: the host cannot take the script: mkdir: ")
    assert "\n" not in why


def test_the_names_of_hosts_are_those_of_ssh(
    ssh: Ssh, folder: Folder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    there = ssh.connections["there"]
    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".ssh/config").write_text(
        f"Host box\n  HostName 127.0.0.1\n  Port {there['port']}\n"
        f"  IdentityFile {there['key_filename']}\n"
    )
    known = Path(there["known_hosts"]).read_text("ascii")
    (tmp_path / ".ssh/known_hosts").write_text(known)
    script(folder, ssh, "print('there')\n")
    assert why_not(folder, monkeypatch, "box") == ""
    url = f"ssh://127.0.0.1:{there['port']}"
    (tmp_path / ".ssh/id_ed25519").write_bytes(Path(there["key_filename"]).read_bytes())
    (tmp_path / ".ssh/id_ed25519").chmod(0o600)
    assert why_not(folder, monkeypatch, url) == ""


def test_a_folder_may_be_kept(ssh: Ssh, folder: Folder, tmp_path: Path) -> None:
    script(folder, ssh, "open('result', 'w').write('here')\n", folder=str(tmp_path), keep=True)
    outcome = ran(folder)
    (kept,) = tmp_path.glob("pipes-*")
    assert (kept / "code/defs/g/result").read_text() == "here"
    assert not (kept / "start").exists()
    assert f"g/a | kept on there: {kept}" in outcome.err.splitlines()


@pytest.mark.parametrize("victim", ["driver", "server"])
def test_a_connection_that_is_lost_ends_the_script_there(
    ssh: Ssh, folder: Folder, witness: str, victim: str
) -> None:
    script(folder, ssh, ssh.scripts.endless, "grace: 0.5s\n", env={WITNESS: witness})
    run = subprocess.Popen(
        [sys.executable, "-m", "pipes_projects", "run", "*"],
        cwd=folder.root,
        env=dict(os.environ),
        stderr=subprocess.PIPE,
        text=True,
    )
    assert run.stderr
    assert any("ready" in line for line in run.stderr)
    if victim == "driver":
        (driver,) = (
            process
            for process in psutil.Process(run.pid).children(recursive=True)
            if "pipes_projects.kinds.ssh.driver" in command_line(process)
        )
        driver.kill()
    else:
        server_of(marked(WITNESS, witness)[0]).kill()
    told = run.stderr.read()
    assert run.wait(timeout=60) == 1
    if victim == "server":
        assert "the connection to the host was lost, and so the script was ended there" in told
    until = time.monotonic() + 15
    while (marked(WITNESS, witness) or ssh.left()) and time.monotonic() < until:
        time.sleep(0.05)
    assert marked(WITNESS, witness) == []


def server_of(process: psutil.Process) -> psutil.Process:
    """The process of sshd that serves the connection that a script came by."""
    return next(above for above in process.parents() if above.name() == "sshd")


def test_a_host_may_be_written_as_a_url() -> None:
    from pipes_projects.kinds.ssh.connecting import settings

    assert settings("ssh://ada@box:2222") == {
        "hostname": "box",
        "username": "ada",
        "port": 2222,
    }

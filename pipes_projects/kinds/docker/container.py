"""The container of one run of a script: made, watched, ended and removed."""

from __future__ import annotations

import os
import queue
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from threading import Thread
from typing import Any, Final

from pipes_projects.kinds.docker.daemon import ANSWERS, Daemon, explained, reason
from pipes_projects.kinds.docker.leftovers import labels, name_of, remove, remove_leftovers
from pipes_projects.kinds.docker.mounts import mounts, script_in_container, tell_place, variables
from pipes_projects.kinds.drivers.ending import Signals, write
from pipes_projects.kinds.drivers.errand import Received

_OFTEN: Final = 0.05
_NOT_FOUND: Final = 127
_INIT: Final = b"[FATAL tini"
_KEPT: Final = 4096
"""Bytes of stderr that are looked at when a script has ended."""
"""How Docker's own first process in a container says that it could not start the program."""
Ended = queue.SimpleQueue[int | Exception]


def run_in_container(errand: Received, daemon: Daemon, options: Mapping[str, Any]) -> int:
    """Run a script in a container of its own; returns its exit code."""
    signals = Signals(errand.grace)
    with explained(errand, daemon, options["image"]):
        client = daemon.client()
        remove_leftovers(client)
        _have_image(client, errand, daemon, options)
        with _removed(daemon, errand.mark):
            signals.pass_on()  # from here on, there is something to end
            container = _created(client, errand, options)
            carrier = _Carrier(container)
            container.start()
            code = _waited(container, signals)
            carrier.thread.join(ANSWERS)
            _explain(container, code, carrier.last, errand, options)
            return code


def _have_image(client: Any, errand: Received, daemon: Daemon, options: Mapping[str, Any]) -> None:
    """Have the daemon pull the image, if need be."""
    import docker

    name, pull = str(options["image"]), options.get("pull", "missing")
    try:
        if pull != "always":
            client.images.get(name)
            return
    except docker.errors.ImageNotFound:
        if pull == "never":
            help_ = "pull it there, or leave out `pull: never`"
            errand.refuse(f"the Docker daemon does not have the image `{name}`: {help_}")
    try:
        _pull(daemon, name, options.get("platform"))
    except docker.errors.APIError as error:
        help_ = "check its name, and whether the daemon may pull it"
        errand.refuse(f"the image `{name}` cannot be pulled: {reason(error)}; {help_}")


def _pull(daemon: Daemon, name: str, platform: str | None) -> None:
    """This may take as long as the script's own time limit allows."""
    client = daemon.client()
    client.api.timeout = None
    tag = None if "@" in name or ":" in name.rpartition("/")[2] else "latest"
    client.images.pull(name, tag=tag, platform=platform, auth_config=daemon.login)


def _created(client: Any, errand: Received, options: Mapping[str, Any]) -> Any:
    script = script_in_container(errand, options)
    tell_place(errand, options)
    asked: dict[str, Any] = {
        "image": options["image"],
        "command": [*options["command"], script, *options.get("args", ())],
        "entrypoint": [],
        "name": name_of(errand.mark),
        "labels": labels(errand.mark),
        "environment": variables(errand),
        "working_dir": options.get("cwd") or os.path.dirname(script),
        "mounts": mounts(errand, options),
        "volumes": options.get("volumes", []),
        "network": options.get("network"),
        "user": options.get("user"),
        "mem_limit": options.get("memory"),
        "nano_cpus": int(options["cpus"] * 1e9) if "cpus" in options else None,
        "platform": options.get("platform"),
        "init": True,
    }
    return client.containers.create(**{name: value for name, value in asked.items() if value != ""})


@contextmanager
def _removed(daemon: Daemon, mark: str) -> Iterator[None]:
    """Afterwards there is no such container, however far it got."""
    try:
        yield
    finally:
        remove(daemon.client(), mark)


class _Carrier:
    """Passes on what the container prints, from its start on."""

    def __init__(self, container: Any) -> None:
        self.stream = container.attach(stdout=True, stderr=True, stream=True, logs=True, demux=True)
        self.last = b""
        """The last that it wrote to its stderr, which may come in pieces."""
        self.thread = Thread(target=self._carry, name="container-output", daemon=True)
        self.thread.start()

    def _carry(self) -> None:
        for out, err in self.stream:
            write(1, out or b"")
            write(2, err or b"")
            self.last = (self.last + (err or b""))[-_KEPT:]


def _waited(container: Any, signals: Signals) -> int:
    """Waits until the container has ended, and passes on signals."""
    ended = _awaited(container)
    while True:
        with suppress(queue.Empty):
            code = ended.get(timeout=_OFTEN)
            if isinstance(code, Exception):
                raise code
            return code
        name = signals.take()
        if name is not None:
            _send(container, name)


def _send(container: Any, name: str) -> None:
    import docker

    with suppress(docker.errors.APIError):  # it has just ended
        container.kill(name)


def _awaited(container: Any) -> Ended:
    ended: Ended = queue.SimpleQueue()

    def wait() -> None:
        try:
            ended.put(int(container.wait(timeout=None)["StatusCode"]))
        except Exception as error:
            ended.put(error)

    Thread(target=wait, name="container-end", daemon=True).start()
    return ended


def _explain(
    container: Any, code: int, last: bytes, errand: Received, options: Mapping[str, Any]
) -> None:
    """Say what only the daemon knows about the end of a script."""
    if code == _NOT_FOUND and _INIT in last:
        help_ = "name one that it has in `command`"
        program, image = options["command"][0], options["image"]
        errand.refuse(f"the image `{image}` has no program `{program}`: {help_}")
    container.reload()
    if container.attrs["State"].get("OOMKilled"):
        limit = f", of which it may use {options['memory']}" if "memory" in options else ""
        write(2, f"the container ran out of memory{limit}\n".encode())

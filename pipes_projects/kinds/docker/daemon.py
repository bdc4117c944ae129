"""The Docker daemon: where it is, and its errors as one sentence each."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

from pipes_projects.kinds.connections import connection
from pipes_projects.kinds.drivers.errand import Received

ANSWERS: Final = 15
"""Seconds in which a daemon answers, except when it pulls an image."""
_NOT_SEEN: Final = "bind source path does not exist"
_USUAL: Final = "unix:///var/run/docker.sock"


_FIELDS: Final = frozenset({"host", "username", "password"})
_NO_URL: Final = (
    "is not that of a daemon: write `unix:///path`, `tcp://host:port` or `ssh://user@host`"
)


class UnknownDaemonError(Exception):
    """Why nobody can tell which daemon is meant, and what to do."""


class Daemon(NamedTuple):
    """Where a daemon listens, and how to log in to the registry of its images."""

    host: str | None = None
    """A URL; None for the one that the Docker command would use."""
    login: Mapping[str, str] | None = None
    connection: str | None = None
    """The name of the connection that says so."""

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Daemon:
        """The daemon that a script's options name; raises `UnknownDaemonError`."""
        named = options.get("connection")
        value = connection(named) if named else {}
        if isinstance(value, str):
            value = {"host": value}
        _expect_daemon(value, f"connection `{named}`")
        login = {name: str(value[name]) for name in ("username", "password") if name in value}
        return cls(value.get("host"), login or None, named)

    @property
    def shown(self) -> str:
        """Which one it is, for people: a connection's value may be secret."""
        if self.host and self.connection:
            return f"the Docker daemon of connection `{self.connection}`"
        return f"the Docker daemon at `{os.environ.get('DOCKER_HOST') or _USUAL}`"

    @property
    def help(self) -> str:
        """What to do if nothing listens there."""
        if self.host and self.connection:
            return "start it, or check the connection"
        return "start it, or set DOCKER_HOST to where it is"

    def client(self) -> Any:
        """A client, which may or may not reach it."""
        import docker

        if self.host is None:
            return docker.from_env(timeout=ANSWERS)
        return docker.DockerClient(base_url=self.host, timeout=ANSWERS)


def _expect_daemon(value: Mapping[str, Any], name: str) -> None:
    from docker.errors import DockerException
    from docker.utils import parse_host

    if unknown := ", ".join(f"`{field}`" for field in sorted(value.keys() - _FIELDS)):
        known = "`host`, `username`, `password`"
        raise UnknownDaemonError(f"{name} has {unknown}, and may have only {known}")
    try:
        parse_host(value.get("host"))
    except (DockerException, ValueError, AttributeError):
        raise UnknownDaemonError(f"the URL of {name} {_NO_URL}") from None


@contextmanager
def explained(errand: Received, daemon: Daemon, image: str) -> Iterator[None]:
    """Errors of the daemon, or on the way to it, end the driver with one sentence."""
    import docker
    import requests

    try:
        yield
    except docker.errors.APIError as error:
        if _NOT_SEEN in str(error):
            help_ = "let TMPDIR name a folder that both see"
            where = f"{daemon.shown} does not see this machine's folders"
            errand.refuse(f"{where}: {help_}")
        errand.refuse(f"the container of image `{image}` could not be run: {reason(error)}")
    except (docker.errors.DockerException, requests.RequestException, OSError) as error:
        errand.refuse(f"{daemon.shown} cannot be used: {_why(error, daemon)}")


def reason(error: Any) -> str:
    """What the daemon says, in one line."""
    text = str(error.explanation or error)
    return " ".join(text.split()).rstrip(".")


def _why(error: Exception, daemon: Daemon) -> str:
    text = str(error)
    if "Permission denied" in text or "PermissionError" in text:
        return "this user may not; add them to the group `docker`, or run Dagster as another user"
    if any(known in text for known in ("No such file", "FileNotFound", "Connection refused")):
        return f"nothing listens there; {daemon.help}"
    if "timed out" in text.lower():
        return f"it did not answer within {ANSWERS} seconds; look at its log, or restart it"
    return " ".join(text.split())

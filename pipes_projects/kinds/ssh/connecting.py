"""A connection to a host whose key is known; what goes wrong is one sentence."""

from __future__ import annotations

import getpass
import logging
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import paramiko
from paramiko.ssh_exception import NoValidConnectionsError

SECONDS: Final = 20
"""In which a host answers."""
_HELP: Final = "check the connection, and whether an SSH server runs there"
_NO_SSH: Final = ("No existing session", "Error reading SSH protocol banner")
"""What paramiko says of a server that says nothing, or something else."""
_NAMES: Final = {"host": "hostname", "user": "username"}
_KNOWN: Final = ("hostname", "port", "username", "password", "key_filename", "passphrase",
                 "known_hosts", "allow_agent", "look_for_keys")  # fmt: skip

# Whatever paramiko logs, it also raises.
logging.getLogger("paramiko").addHandler(logging.NullHandler())


class UnreachableHostError(Exception):
    """Why a host cannot be used, and what to do."""


def settings(value: str | Mapping[str, Any]) -> dict[str, Any]:
    """What a connection says, in paramiko's words; raises `UnreachableHostError`."""
    if isinstance(value, str):
        value = _of_url(value) if "://" in value else {"hostname": value}
    found = {_NAMES.get(name, name): part for name, part in value.items() if part is not None}
    if unknown := sorted(found.keys() - set(_KNOWN)):
        names = ", ".join(f"`{name}`" for name in unknown)
        known = ", ".join(f"`{name}`" for name in ("host", *_KNOWN[1:]))
        raise UnreachableHostError(f"the connection has {names}, and may have only {known}")
    if not found.get("hostname"):
        raise UnreachableHostError("the connection names no `host`")
    if "port" in found:
        found["port"] = _port(found["port"])
    return {**_configured(str(found["hostname"])), **_without_alias(found)}


def _port(port: object) -> int:
    if not str(port).isdecimal() or not 0 < int(str(port)) < 65536:
        raise UnreachableHostError("the connection's `port` is not a number from 1 to 65535")
    return int(str(port))


def _of_url(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    _, _, port = parts.netloc.rpartition("@")[2].rpartition("]")[2].partition(":")
    user, password = parts.username, parts.password
    return {
        "hostname": parts.hostname,
        "port": port or None,
        "username": unquote(user) if user else None,
        "password": unquote(password) if password else None,
    }


def _configured(name: str) -> dict[str, Any]:
    """What `~/.ssh/config` says about a host."""
    path = Path("~/.ssh/config").expanduser()
    if not path.is_file():
        return {"hostname": name}
    known = paramiko.SSHConfig.from_path(str(path)).lookup(name)
    found: dict[str, Any] = {"hostname": known.get("hostname", name)}
    if "user" in known:
        found["username"] = known["user"]
    if "port" in known:
        found["port"] = int(known["port"])
    if "identityfile" in known:
        found["key_filename"] = [str(Path(file).expanduser()) for file in known["identityfile"]]
    if "proxycommand" in known:
        found["sock"] = paramiko.ProxyCommand(known["proxycommand"])
    return found


def _without_alias(found: Mapping[str, Any]) -> dict[str, Any]:
    """The host itself may be an alias, which is resolved already."""
    return {name: value for name, value in found.items() if name != "hostname"}


@contextmanager
def connected(value: str | Mapping[str, Any]) -> Iterator[paramiko.SSHClient]:
    """A connection, which is closed afterwards; raises `UnreachableHostError`."""
    asked = settings(value)
    client = paramiko.SSHClient()
    client.set_missing_host_key_policy(paramiko.RejectPolicy())
    try:
        _connect(client, asked)
        transport = client.get_transport()
        assert transport is not None
        transport.set_keepalive(SECONDS)
        yield client
    finally:
        client.close()


def _connect(client: paramiko.SSHClient, asked: dict[str, Any]) -> None:
    known, host = asked.pop("known_hosts", None), asked.pop("hostname")
    try:
        client.load_system_host_keys(str(Path(known).expanduser()) if known else None)
        patience = {"timeout": SECONDS, "banner_timeout": SECONDS, "auth_timeout": SECONDS}
        client.connect(host, **{**patience, **asked})
    except (OSError, EOFError, paramiko.SSHException) as error:
        user = asked.get("username") or _this_user()
        raise UnreachableHostError(_why(error, host, user, asked.get("port", 22))) from None


def _this_user() -> str:
    with suppress(Exception):
        return getpass.getuser()
    return "this user"


def _why(error: Exception, host: str, user: str, port: int) -> str:
    at = host if port == 22 else f"{host}:{port}"
    if isinstance(error, paramiko.BadHostKeyException):
        help_ = "find out why before you replace the old one in `known_hosts`"
        return f"the host `{at}` has another key than the known one: {help_}"
    if isinstance(error, paramiko.AuthenticationException):
        help_ = "check the user, the key and the password of the connection"
        return f"the host `{at}` does not let `{user}` in: {help_}"
    if isinstance(error, paramiko.SSHException) and "known_hosts" in str(error):
        help_ = f"connect once with `ssh -p {port} {user}@{host}`, and compare it"
        return f"the key of the host `{at}` is not known: {help_}"
    if isinstance(error, socket.gaierror):
        return f"no host is called `{host}`: check the connection"
    return f"the host `{at}` {_unreached(error)}{_HELP}"


def _unreached(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return f"did not answer within {SECONDS} seconds: "
    if isinstance(error, EOFError) or str(error).startswith(_NO_SSH):
        return "does not answer as an SSH server does: "
    return f"cannot be reached: {_said_by(error)}; "


def _said_by(error: Exception) -> str:
    """What the system says, where Paramiko has tried all addresses of a host."""
    if isinstance(error, NoValidConnectionsError):
        tried = next(iter(error.errors.values()))
        return str(getattr(tried, "strerror", None) or tried).lower()
    return " ".join(str(error).split()) or type(error).__name__

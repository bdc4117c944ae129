"""A connection to an SFTP server, as a URL and options say, and only if its key is known."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import paramiko

SECONDS: Final = 60
TRIES: Final = 8

# Whatever paramiko logs, it also raises.
logging.getLogger("paramiko").addHandler(logging.NullHandler())


def options_of(url: str) -> dict[str, Any]:
    """What a URL tells paramiko: user, password, host and port."""
    parts = urlsplit(url)
    user, _, password = parts.netloc.rpartition("@")[0].partition(":")
    found = {"hostname": parts.hostname, "port": parts.port, "username": unquote(user),
             "password": unquote(password)}  # fmt: skip
    return {name: value for name, value in found.items() if value}


def connected(options: Mapping[str, Any]) -> tuple[paramiko.SSHClient, paramiko.SFTPClient]:
    """A connection, only to a server whose key is known, as with `ssh`."""
    for attempt in range(TRIES):
        try:
            return _connected(dict(options))
        except (EOFError, ConnectionResetError, paramiko.SSHException) as error:
            if attempt == TRIES - 1 or not _is_busy(error):
                raise
        time.sleep(random.uniform(0, 0.2 * 2**attempt))
    raise AssertionError


def _is_busy(error: Exception) -> bool:
    """Whether a server hung up without a word, as OpenSSH's does if many connect at once."""
    return not isinstance(error, paramiko.SSHException) or "banner" in str(error)


def _connected(options: dict[str, Any]) -> tuple[paramiko.SSHClient, paramiko.SFTPClient]:
    client = paramiko.SSHClient()
    known = options.pop("known_hosts", None)
    client.load_system_host_keys(str(Path(known).expanduser()) if known else None)
    client.set_missing_host_key_policy(paramiko.RejectPolicy())
    patience = {"timeout": SECONDS, "banner_timeout": SECONDS, "auth_timeout": SECONDS}
    try:
        client.connect(options.pop("hostname", "localhost"), **{**patience, **options})
        server = client.open_sftp()
    except BaseException:
        client.close()
        raise
    channel = server.get_channel()
    if channel:
        channel.settimeout(SECONDS)
    return client, server

"""What a client says about an error, in a sentence: clients raise whatever their SDK raises."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from pipes_projects.text.masking import DataMasking

_LONGEST: Final = 600
_OF_JOBS: Final = frozenset(
    {"DagsterK8sError", "DagsterPipesExecutionError", "RuntimeError", "WaiterError"}
)
"""What the clients raise themselves, by name: to import these takes long."""
_OF_AMAZON: Final = frozenset(
    {"EndpointConnectionError", "ConnectTimeoutError", "ReadTimeoutError"}
)
_OF_REASONS: Final = frozenset(
    {"ConnectTimeoutError", "NameResolutionError", "NewConnectionError", "ReadTimeoutError"}
)
"""What SDKs raise where nothing answers, and what urllib3 gives as the reason, by name."""
_OF_ABSENCE: Final = frozenset(
    {"NoSuchKey", "NotFound", "ResourceDoesNotExist", "ResourceNotFoundError"}
)
"""What SDKs raise for a file that is not there, by name."""
_FRAME: Final = re.compile(r'(File ")([^"]+)(")')
_NO_RIGHT: Final = "give its user that right, or let the connection name another"
_HELP: Final = {
    "ConfigException": "let the connection's `kubeconfig_file`, or KUBECONFIG, name a file",
    "NoCredentialsError": "give the connection some, or the machine that runs Dagster",
    "NoRegionError": "give the connection a `region_name`",
}
"""What to do about errors of SDKs that find no settings, by the name of the error."""


def sentence(error: BaseException, secrets: Iterable[str] = ()) -> str:
    """One line, without secrets; no client says more than a few hundred letters that help."""
    told = _unanswered(error) or _told_by_kubernetes(error)
    words = told or str(error) or type(error).__name__
    line = re.sub(r"\s+", " ", words).strip()
    line = line.removeprefix("[pipes] ").rstrip(":").rstrip()
    if help_ := _HELP.get(type(error).__name__):
        line = f"{line.rstrip('.')}; {help_}"
    masked = DataMasking(secrets).text(line) if secrets else line
    return masked if len(masked) <= _LONGEST else f"{masked[:_LONGEST]}…"


def as_here(error: str, script: str, root: str) -> str:
    """A traceback of a service, where the script has another path, with the one that it has here.

    Services keep the script's path in the project, or put its file somewhere else alone.
    """
    inside, name = f"/{os.path.relpath(script, root)}", os.path.basename(script)

    def named(found: re.Match[str]) -> str:
        path = found[2]
        is_script = path.endswith(inside) or os.path.basename(path) == name
        is_script &= "site-packages" not in path
        return f"{found[1]}{script}{found[3]}" if is_script else found[0]

    return _FRAME.sub(named, error)


def is_about_a_job(error: BaseException) -> bool:
    """Whether a client says that its job has failed, rather than that it could not be started."""
    return type(error).__name__ in _OF_JOBS or str(error).startswith("[pipes] ")


def ends_a_job(error: BaseException) -> bool:
    """Whether a client has seen the end of its job; a waiter also gives up if it gets no answer."""
    return is_about_a_job(error) and type(error).__name__ != "WaiterError"


def is_absence(error: BaseException) -> bool:
    """Whether a service says that a file is not there."""
    return type(error).__name__ in _OF_ABSENCE


def _unanswered(error: BaseException) -> str | None:
    """That nothing answers, and where: SDKs show the path of their request instead."""
    name, place = type(error).__name__, None
    if name in ("ConnectionError", "ConnectTimeout") and error.args:  # those of requests
        return _unanswered(error.args[0]) if isinstance(error.args[0], Exception) else None
    if name == "MaxRetryError" and type(getattr(error, "reason", None)).__name__ in _OF_REASONS:
        pool = getattr(error, "pool", None)
        place = pool and f"{pool.scheme}://{pool.host}" + (f":{pool.port}" if pool.port else "")
    elif name in _OF_AMAZON:
        url = urlsplit(str(getattr(error, "kwargs", {}).get("endpoint_url", "")))
        place = url.netloc and f"{url.scheme}://{url.netloc}"
    help_ = "check the connection, and whether this machine's network leads there"
    return f"nothing answers at `{place}`: {help_}" if place else None


def _told_by_kubernetes(error: BaseException) -> str | None:
    """Its errors list all headers of the answer."""
    status, reason, body = (getattr(error, name, None) for name in ("status", "reason", "body"))
    if not isinstance(status, int) or not isinstance(body, str | bytes):
        return None
    try:
        told = json.loads(body)["message"]
    except (ValueError, KeyError, TypeError):
        told = reason
    help_ = f"; {_NO_RIGHT}" if status in (401, 403) else ""
    return f"the cluster answered {status}: {told}{help_}"

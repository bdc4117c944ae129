"""What git or a server says when it refuses → one sentence, and what to do; no secrets."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from pipes_projects.deploy.errors import DeployError
from pipes_projects.deploy.storage.secrets import StorageUrl

_BUSY: Final = re.compile(
    r"cannot lock ref|unable to create '[^']*\.lock'|failed to update ref|\(stale info\)"
    r"|reference already exists|incorrect old value|another git process",
    re.IGNORECASE,
)
_REFUSED: Final = re.compile(r"^!\t\S*:(\S+)\t\[(?:remote )?rejected\] \((.*)\)$", re.MULTILINE)
_SAID: Final = re.compile(r"^remote: *(?:error:|fatal:|GitLab:)? *(.*\S)", re.MULTILINE)
_NO_ACCESS: Final = re.compile(
    r"permission denied|authentication failed|could not read (username|password)|access denied"
    r"|not authorized|unauthorized|forbidden|error: 40[13]|insufficient permission|read-only",
    re.IGNORECASE,
)
_NOT_THERE: Final = re.compile(
    r"not found|does not exist|not appear to be a git repository|no such file", re.IGNORECASE
)
_NOT_TWO: Final = re.compile(r"does not support --atomic", re.IGNORECASE)
_CHECK: Final = "check that it is there, and can be reached from here"
_PREFIX: Final = ("fatal: ", "error: ", "remote: ", "ERROR: ")


def is_busy(told: str) -> bool:
    """Whether others are at it just now, so that it is worth trying again."""
    return _BUSY.search(told) is not None


def git_failed(place: StorageUrl, told: str) -> DeployError:
    """Git fails on this machine, with what is kept here of the repository."""
    return DeployError(_plain(place, told), f"correct that here; `{place.shown}` is as it was")


def unreachable(place: StorageUrl, told: str) -> DeployError:
    """The repository cannot be read at all."""
    text = _plain(place, told)
    if _NO_ACCESS.search(text):
        return _forbidden(place, text)
    if _NOT_THERE.search(text):
        return DeployError(
            f"there is no repository `{place.shown}` that this user may see: {_first(text)}",
            "make it, empty, with `git init --bare` or on its server; or correct the URL",
        )
    return DeployError(f"`{place.shown}` cannot be used: {_first(text)}", _CHECK)


def refusal(place: StorageUrl, told: str, branches: Sequence[str]) -> DeployError:
    """The repository can be read, but the branches may not be changed like this."""
    text = _plain(place, told)
    found = min(_REFUSED.findall(text), key=_is_consequence, default=None)
    if found is None and _NOT_TWO.search(text):
        return DeployError(
            f"`{place.shown}` cannot change two branches at once, so readers could see half",
            "deploy to a server of Git that has atomic pushes",
        )
    if found is None:
        return unreachable(place, told)
    branch = found[0].removeprefix("refs/heads/")
    named = f"`{branch}`" if branch in branches else "a branch"
    said = [line for line in _SAID.findall(text) if not set(line) <= set("=-* ")]
    why = ": ".join((found[1], *said[:1]))
    return DeployError(
        f"{named} of `{place.shown}` may not be changed: its server refused the push, {why}",
        "let this user create, push to and delete the branches with this prefix, or set another"
        ' by `options={"prefix": …}`',
    )


def _is_consequence(refused: tuple[str, str]) -> bool:
    """Whether a branch is refused only because another one is."""
    return "atomic" in refused[1]


def _forbidden(place: StorageUrl, text: str) -> DeployError:
    return DeployError(
        f"`{place.shown}` may not be used: {_first(text)}",
        "check the key or the token that git uses here, and what it allows: to read and to push",
    )


def _plain(place: StorageUrl, told: str) -> str:
    return place.cleared(told)


def _first(text: str) -> str:
    """What matters most of what git says."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    line = next(
        (line for what in (_NO_ACCESS, _NOT_THERE) for line in lines if what.search(line)),
        lines[0] if lines else "git says nothing",
    )
    for prefix in _PREFIX:
        line = line.removeprefix(prefix)
    return line

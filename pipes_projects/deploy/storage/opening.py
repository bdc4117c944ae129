"""A deployer's place and options → a storage."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from pipes_projects.deploy.errors import DeployError
from pipes_projects.deploy.storage.places.folder import FolderStorage
from pipes_projects.deploy.storage.secrets import StorageUrl
from pipes_projects.deploy.storage.storage import Storage

_FOLDERS = ("file", "local")
_GIT = ("git+ssh", "git+https", "git+http", "git+file", "git")
_BY_SSH = re.compile(r"([\w.-]+@)?([\w.-]{2,}):(?!//)(?:\S*/)?[\w.-]+\.git/?")
"""A repository as `git clone` also takes it."""
PREFIX = "deploy/"
_PREFIX = re.compile(r"(?:[A-Za-z0-9_][A-Za-z0-9_-]*/)*(?:[A-Za-z0-9_][A-Za-z0-9_-]*)?")
_EXTRAS = {
    "deploy-s3": ("s3fs", ("s3", "s3a")),
    "deploy-gcs": ("gcsfs", ("gs", "gcs")),
    "deploy-azure": ("adlfs", ("abfs", "abfss", "az")),
    "deploy-sftp": ("paramiko", ("sftp", "ssh")),
}
"""What each extra installs, and for which URLs."""


def open_storage(at: str | Path, root: Path, options: Mapping[str, Any] | None = None) -> Storage:
    """The storage in a folder, relative to the project's root, or at a server's URL.

    Raises `DeployError`.
    """
    text = str(at)
    scheme, is_url, rest = text.partition("://")
    if is_url and scheme in _FOLDERS:
        text, is_url = rest, ""
    _refuse_other_forms(text)
    if not is_url:
        return FolderStorage(Path(root, Path(text).expanduser()).absolute())
    place = StorageUrl(text, options or {})
    _refuse_missing(place)
    try:
        return _remote(place, text, options or {})
    except ImportError as error:
        install = f"install the package with which fsspec opens `{place.scheme}://`"
        raise _missing(place, install) from error


def _remote(place: StorageUrl, url: str, options: Mapping[str, Any]) -> Storage:
    if place.scheme in ("sftp", "ssh"):
        from pipes_projects.deploy.storage.places.servers.sftp import SftpStorage

        return SftpStorage(place, url, options)
    if place.scheme in _GIT:
        from pipes_projects.deploy.storage.places.repository.storage import RepositoryStorage

        return RepositoryStorage(place, url, prefix_in(options))
    if place.scheme == "memory":
        raise DeployError("nobody else sees what is in `memory://`", "deploy to a folder")
    from pipes_projects.deploy.storage.places.servers.remote import RemoteStorage

    return RemoteStorage(place, url, options)


def prefix_in(options: Mapping[str, Any]) -> str:
    """What the names of a repository's branches begin with; raises `DeployError`."""
    for name in options:
        if name != "prefix":
            raise DeployError(
                f"`{name}` is not an option of a repository of Git, which has only `prefix`",
                "git finds keys and tokens by itself: in an agent, a file, or a credential helper",
            )
    prefix = options.get("prefix", PREFIX)
    if not isinstance(prefix, str) or not _PREFIX.fullmatch(prefix) or ".." in prefix:
        rule = "it has letters, digits, `-`, `_`, and `/` between and after them"
        raise DeployError("`prefix` cannot begin the names of branches", rule)
    return prefix


def _refuse_missing(place: StorageUrl) -> None:
    for extra, (package, schemes) in _EXTRAS.items():
        if place.scheme in schemes and not find_spec(package):
            raise _missing(place, f"`pip install 'pipes-projects[{extra}]'`")


def _missing(place: StorageUrl, install: str) -> DeployError:
    return DeployError(f"`{place.shown}` needs a package that is not installed", install)


def _refuse_other_forms(text: str) -> None:
    """Other ways to write a repository's place mean folders, or other storages, here."""
    if _BY_SSH.fullmatch(text) and not Path(text).exists():
        place = f"git+ssh://{text.replace(':', '/', 1)}"
    elif text.startswith(("https://", "http://", "ssh://")) and text.endswith(".git"):
        place = f"git+{text}"
    else:
        return
    shown = StorageUrl(place, {}).shown
    raise DeployError("a repository of Git is written as a URL", f"write `{shown}`")

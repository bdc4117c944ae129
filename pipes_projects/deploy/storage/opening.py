"""What a deployer is told about its place → a storage."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipes_projects.deploy.errors import DeployError
from pipes_projects.deploy.storage.folder import FolderStorage
from pipes_projects.deploy.storage.secrets import Place
from pipes_projects.deploy.storage.storage import Storage

_FOLDERS = ("file", "local")
_EXTRAS = {"s3": "s3", "s3a": "s3", "gs": "gcs", "gcs": "gcs", "abfs": "azure", "abfss": "azure",
           "az": "azure", "adl": "azure", "sftp": "sftp", "ssh": "sftp"}  # fmt: skip


def open_storage(at: str | Path, root: Path, options: Mapping[str, Any] | None = None) -> Storage:
    """A folder, relative to the project's root, or the URL of a server.

    Raises `DeployError`.
    """
    text = str(at)
    scheme, is_url, rest = text.partition("://")
    if is_url and scheme in _FOLDERS:
        text, is_url = rest, ""
    if not is_url:
        return FolderStorage(Path(root, Path(text).expanduser()).absolute())
    place = Place(text, options or {})
    try:
        return _remote(place, text, options or {})
    except ImportError as error:
        raise _missing(place) from error


def _remote(place: Place, url: str, options: Mapping[str, Any]) -> Storage:
    if place.scheme in ("sftp", "ssh"):
        from pipes_projects.deploy.storage.sftp import SftpStorage

        return SftpStorage(place, url, options)
    if place.scheme == "memory":
        raise DeployError("nobody else sees what is in `memory://`", "deploy to a folder")
    from pipes_projects.deploy.storage.remote import RemoteStorage

    return RemoteStorage(place, url, options)


def _missing(place: Place) -> DeployError:
    extra = _EXTRAS.get(place.scheme)
    return DeployError(
        f"`{place.shown}` needs a package that is not installed",
        f"`pip install 'pipes-projects[deploy-{extra}]'`"
        if extra
        else f"install the package with which fsspec opens `{place.scheme}://`",
    )

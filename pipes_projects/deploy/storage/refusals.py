"""An error of a file system or a server → a sentence, and what to do."""

from __future__ import annotations

import errno

from pipes_projects.deploy.errors import DeployError
from pipes_projects.deploy.storage.secrets import StorageUrl

_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}
_NO_FOLDER = {errno.ENOTDIR, errno.EEXIST, errno.EISDIR}
_NO_LINKS = {errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK, errno.EXDEV, errno.ENOSYS}
_UNKNOWN_USER = {"AuthenticationException", "NoCredentialsError", "ClientAuthenticationError"}


def refused(error: OSError, shown: str, path: str) -> DeployError:
    """For a storage, as it is shown, and a path on it."""
    where = f"`{path}` in `{shown}`" if path else f"`{shown}`"
    if error.errno in _FULL:
        return DeployError(
            f"`{shown}` is full: `{path}` was not put there", "make room, and deploy again"
        )
    if error.errno in _FORBIDDEN:
        return DeployError(
            f"{where} may not be used by this user",
            "let this user read and write there, or deploy to another place",
        )
    if error.errno in _NO_FOLDER:
        return DeployError(
            f"{where} cannot be used: something there is a file that should be a folder, or a "
            "folder that should be a file",
            "move it away, or deploy to another place",
        )
    if error.errno in _NO_LINKS:
        return DeployError(
            f"`{shown}` is on a file system where nothing can be put exactly once",
            "deploy to a file system that has hard links",
        )
    return DeployError(
        f"{where} cannot be used: {error.strerror or type(error).__name__}",
        "correct that, or deploy to another place",
    )


def refused_remotely(error: Exception, place: StorageUrl, path: str) -> DeployError:
    """For a server: in its own words, without secrets."""
    if isinstance(error, TimeoutError):
        return silent(place)
    where = f"`{path}` in `{place.shown}`" if path else f"`{place.shown}`"
    lines = place.cleared(str(error)).strip().splitlines()
    about = 2 if lines and lines[0].endswith(":") else 1
    message = " ".join(lines[:about]) or type(error).__name__
    if isinstance(error, PermissionError) or type(error).__name__ in _UNKNOWN_USER:
        return DeployError(
            f"{where} may not be used: {message}",
            "check the credentials, and what they allow: to list, read, write and delete",
        )
    return DeployError(
        f"{where} cannot be used: {message}", "check that it is there, and can be reached from here"
    )


def silent(place: StorageUrl) -> DeployError:
    """For a server that takes longer than any that works."""
    return DeployError(
        f"`{place.shown}` has stopped answering",
        "check that it can be reached from here, and try again: what was there before is whole",
    )

"""What may be shown of a storage's URL, its options and its errors: no password, key or token."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import SplitResult, quote, unquote, urlsplit

from pipes_projects.deploy.errors import DeployError

HIDDEN: Final = "***"
_NAMED_BY_USER: Final = {"sftp", "ssh", "abfs", "abfss", "az", "hdfs", "smb", "git+ssh"}
"""For these, what precedes the host is a user or a container; elsewhere it may be a token."""
_PUBLIC: Final = {
    "account_name", "consistency", "default_acl", "endpoint_url", "host", "host_key_policy",
    "key_filename", "known_hosts", "port", "project", "protocol", "region", "region_name",
    "username",
}  # fmt: skip
_SHORT: Final = 4
"""A text below this length, such as a user's name, is part of many words that tell nothing."""
_IN_URLS: Final = re.compile(r"(?<=://)[^\s/@'\"]+@|(?<=[\w/])\?[^\s'\"]+=[^\s'\"]*")


class StorageUrl:
    """A storage's URL as it may be shown, and what must be hidden in texts about it."""

    def __init__(self, url: str, options: Mapping[str, Any]) -> None:
        parts = _split(url)
        self.scheme = parts.scheme.lower()
        self.path = parts.path.strip("/")
        self.shown = f"{self.scheme}://{_authority(parts)}{parts.path.rstrip('/')}"
        found = {*_of_url(parts), *_texts(options)}
        every = {form for text in found for form in (text, quote(text, safe=""), unquote(text))}
        self._secrets = sorted(filter(None, every), key=len, reverse=True)

    def cleared(self, text: str) -> str:
        """A text with its secrets taken out."""
        for secret in self._secrets:
            if len(secret) < _SHORT:
                text = re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", HIDDEN, text)
            else:
                text = text.replace(secret, HIDDEN)
        return _IN_URLS.sub("", text)


def _split(url: str) -> SplitResult:
    """Raises `DeployError`, which shows nothing of the URL: any part of it could be a secret."""
    try:
        parts = urlsplit(url)
        is_odd = bool(parts.query or parts.fragment or (parts.port or 0) < 0)
    except ValueError:
        is_odd = True
    if is_odd:
        raise DeployError(
            f"the `{url.partition(':')[0]}` URL to deploy to is not valid: it may have a user, a "
            "host, a port and a path",
            "write `/`, `?`, `#` and `@` in a password as `%2F`, `%3F`, `%23` and `%40`, or give "
            "it in `options`",
        )
    return parts


def _authority(parts: SplitResult) -> str:
    user, _, host = parts.netloc.rpartition("@")
    name = user.partition(":")[0]
    return f"{name}@{host}" if name and parts.scheme.lower() in _NAMED_BY_USER else host


def _of_url(parts: SplitResult) -> Iterator[str]:
    user, _, password = parts.netloc.rpartition("@")[0].partition(":")
    yield password
    if parts.scheme.lower() not in _NAMED_BY_USER:
        yield user


def _texts(options: Any) -> Iterator[str]:
    """All texts in options, except where their names show that they are not secret."""
    if isinstance(options, Mapping):
        for name, value in options.items():
            if name not in _PUBLIC:
                yield from _texts(value)
    elif isinstance(options, list | tuple | set):
        for value in options:
            yield from _texts(value)
    elif isinstance(options, str):
        yield options
    elif isinstance(options, bytes):
        yield options.decode("utf-8", "replace")

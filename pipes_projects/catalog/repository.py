"""Where a project is published: its commit, and the pages of its files on the repository's host."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import quote

from pipes_projects.analysis.git.process import GitError
from pipes_projects.analysis.git.repository import Git
from pipes_projects.layout import repository_of

_PAGES: Final = {
    "github": ("GitHub", "/blob/{commit}/{path}#L{line}"),
    "gitlab": ("GitLab", "/-/blob/{commit}/{path}#L{line}"),
    "bitbucket": ("Bitbucket", "/src/{commit}/{path}#lines-{line}"),
    "codeberg": ("Codeberg", "/src/commit/{commit}/{path}#L{line}"),
    "gitea": ("Gitea", "/src/commit/{commit}/{path}#L{line}"),
}
"""By a word in the host's name: what it is called, and where a line is in a repository."""
_REMOTE: Final = re.compile(
    r"(?:(?:https?|ssh|git)://(?:[^@/]*@)?(?P<host>[\w.-]+)(?::\d+)?/|(?:[\w.-]+@)?(?P<short>[\w.-]+):)"
    r"(?P<path>[^:\s]+?)(?:\.git)?/?$"
)


class Published(NamedTuple):
    """A commit, and where its files can be read, if that is known."""

    commit: str
    branch: str | None
    host: str | None = None
    """What the host is called, such as `GitHub`."""
    web: str | None = None
    """The repository's page."""
    file: str | None = None
    """The page of a file, with `{path}` for its path in the project."""
    line: str | None = None
    """The same with `{line}`, for the page of a line."""


def published_at(root: Path, file_url: str | None = None) -> Published | None:
    """Where the project in a folder is published; None outside of a repository, or before its
    first commit.

    `file_url` is the page of a line, as in `Layout`; without it, the pages are known of some hosts,
    and passwords in a remote's address are left out.
    """
    if repository_of(root) is None:
        return None
    git = Git(root)
    try:
        commit = git.commit("HEAD")
        if commit is None:
            return None
        branch = git.line("symbolic-ref", "--quiet", "--short", "HEAD")
        published, prefix = Published(commit, branch), git.prefix()
        if file_url:
            return _with_pages(published, file_url.split("/")[2], file_url, prefix)
        remote = git.line("config", "--get", "remote.origin.url") or ""
        return _on_host(published, remote, prefix)
    except (GitError, OSError):
        return None


def _on_host(published: Published, remote: str, prefix: str) -> Published:
    web = web_of(remote)
    name = next((name for name in _PAGES if web and name in web.split("/")[2]), None)
    if name is None:
        return published
    host, below = _PAGES[name]
    return _with_pages(published, host, f"{web}{below}", prefix)._replace(web=web)


def _with_pages(published: Published, host: str, template: str, prefix: str) -> Published:
    """A template for a repository → those for the project in it, at the commit."""
    line = template.replace("{commit}", published.commit).replace(
        "{path}", quote(prefix) + "{path}"
    )
    page, _, fragment = line.partition("#")
    file = page if "{line}" in fragment else line
    return published._replace(host=host, file=file.replace("{line}", "1"), line=line)


def web_of(remote: str) -> str | None:
    """A remote's address → its page, without user, password and port; None for a folder."""
    found = _REMOTE.fullmatch(remote.strip())
    if found is None or remote.startswith("file:"):
        return None
    host, path = found["host"] or found["short"], found["path"].strip("/")
    return f"https://{host}/{quote(path)}" if "." in host and path else None

"""What docs/deploy.md shows of commands, printed by them: `make docs` writes it, a test compares.

All commands between two marks are run one after another, in one repository, with the files that the
page shows. Times, the user and where scripts are shipped to differ from run to run: those on the
page are always the same.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from hashlib import sha1
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support.dagster.running import ROOT
from tests.support.repositories import IDENTITY, commit, git, init

PAGE = ROOT / "docs/deploy.md"
PLACE = "/srv/shipped"
NOON = "2026-05-04T12:00:00+00:00"
_AT_A_DESK = """\
#!{python}
import socket
socket.gethostname = lambda: "desk"
from pipes_projects.__main__ import main
main()
"""
OF_CI = (
    "GITHUB_ACTIONS", "GITLAB_CI", "BITBUCKET_BUILD_NUMBER", "TF_BUILD", "CIRCLECI", "BUILDKITE",
    "JENKINS_URL", "DAGSTER_CLOUD_GIT_BRANCH", "PIPES_PROJECTS_BRANCH",
    "PIPES_PROJECTS_DEPLOYMENT",
)  # fmt: skip
"""What would name another branch, or another deployment, than those of a test."""

_STORY = re.compile(r"(?<=<!-- story -->\n).*?(?=<!-- /story -->)", re.DOTALL)
_FILE = re.compile(r"```\w+\n# (\S+)\n(.*?)```", re.DOTALL)
_CONSOLE = re.compile(r"(?<=```console\n).*?(?=```)", re.DOTALL)
_COMMAND = re.compile(r"^\$ .*(?:\n> .*)*", re.MULTILINE)
_SHIPPED = re.compile(r"(?<=\.git@)[0-9a-f]{40}")
"""A commit of a repository that code is shipped to."""
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00")


def files_of(text: str) -> dict[str, str]:
    """The files that a page shows, by the path in their first line."""
    return dict(_FILE.findall(text))


def environment(**values: str) -> dict[str, str]:
    """Of a desk: nothing but Git says which branch this is."""
    kept = {name: value for name, value in os.environ.items() if name not in OF_CI}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    dates = {"GIT_AUTHOR_DATE": NOON, "GIT_COMMITTER_DATE": NOON}
    return {**kept, **IDENTITY, **dates, "PATH": path, "COLUMNS": "100", **values}


def with_printed(page: str) -> str:
    """The page, with what the commands of its stories print."""
    return _STORY.sub(lambda match: _told(match[0]), page)


def _told(story: str) -> str:
    with TemporaryDirectory() as folder:
        return _CONSOLE.sub(_Story(Path(folder), files_of(story)).printed, story)


class _Story:
    """A repository, and what has been told of it."""

    def __init__(self, folder: Path, files: dict[str, str]) -> None:
        self.project, self.shipped = folder / "project", str(folder / "shipped")
        self.commits: list[str] = []
        for path, text in files.items():
            file = self.project / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text.replace(PLACE, self.shipped), "utf-8")
        init(self.project)
        commit(self.project)

    def printed(self, block: re.Match[str]) -> str:
        """What a block shows."""
        return "".join(map(self._told, _COMMAND.findall(block[0])))

    def _told(self, command: str) -> str:
        output = _run(command[2:].replace("\n> ", "\n").replace(PLACE, self.shipped), self.project)
        return f"{command}\n{_TIME.sub(NOON, self._always_the_same(output))}"

    def _always_the_same(self, output: str) -> str:
        """Hashes of commits depend on where things are shipped to, which a file says."""
        head = git(self.project, "rev-parse", "HEAD")
        self.commits += () if head in self.commits else (head,)
        for number, known in enumerate(self.commits):
            stand_in = sha1(bytes([number])).hexdigest()
            output = output.replace(known, stand_in).replace(known[:12], stand_in[:12])
        output = _SHIPPED.sub(sha1(b"shipped").hexdigest(), output)
        return output.replace(self.shipped, PLACE)


def _run(command: str, project: Path) -> str:
    """In a terminal, by somebody called `ana` at a desk."""
    tools = project.parent / "bin"
    if not tools.exists():
        tools.mkdir()
        tool = tools / "pipes-projects"
        tool.write_text(_AT_A_DESK.format(python=sys.executable), "utf-8")
        tool.chmod(0o755)
    cache = str(project.parent / "cache")
    env = environment(LOGNAME="ana", USER="ana", XDG_CACHE_HOME=cache)
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=project,
        env={**env, "PATH": f"{tools}{os.pathsep}{env['PATH']}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.stdout

"""A forge such as GitHub, as far as a workflow sees it: a bare repository, events, and jobs."""

import json
import os
import re
import sys
from collections.abc import Mapping
from functools import reduce
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

from tests.support.pages.deploy_page import OF_CI
from tests.support.pages.workflows import shell
from tests.support.repositories import git

REPOSITORY = "team/app"
_GH = """\
#!/bin/bash -e
[ "$1 $2 $3" = "pr comment https://forge/7" ]
for it in "$@"; do [ -f "$it" ] && cp "$it" "{folder}/commented"; done
"""
_INSTALLING = re.compile(r"pip install .*")
_EXPRESSION = re.compile(r"\$\{\{ (.*?) \}\}")
_NAME = re.compile(r"\b(?:github|secrets)(?:\.\w+)+")


class Event(NamedTuple):
    """Something that starts a workflow."""

    name: str
    action: str | None = None
    branch: str = "main"
    head: str = ""
    repository: str = REPOSITORY
    """Of a request's branch."""

    @property
    def payload(self) -> dict[str, Any]:
        """What GitHub writes into a file."""
        if self.name != "pull_request":
            return {}
        head = {"ref": self.branch, "sha": self.head, "repo": {"full_name": self.repository},
                "user": {"login": self.repository.partition("/")[0]}}  # fmt: skip
        base = {"ref": "main", "repo": {"full_name": REPOSITORY}}
        request = {"number": 7, "html_url": "https://forge/7", "head": head, "base": base}
        return {"action": self.action, "number": 7, "pull_request": request}

    def value(self, name: str) -> Any:
        """Of a name in an expression."""
        known = {
            "github": {
                "event_name": self.name, "event": self.payload, "repository": REPOSITORY,
                "token": "token", "ref_name": self.branch,
                "head_ref": self.branch if self.payload else "",
            },
            "secrets": {"AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "a-secret"},
        }  # fmt: skip
        steps = name.split(".")
        return reduce(lambda value, step: (value or {}).get(step), steps, known)

    def is_so(self, condition: str | None) -> bool:
        """Whether a job or a step is to run."""
        words = _NAME.sub(lambda match: repr(self.value(match[0])), condition or "True")
        return bool(eval(words.replace("&&", "and").replace("||", "or")))

    def filled(self, text: str) -> str:
        """Expressions, with their values."""
        return _EXPRESSION.sub(lambda match: str(self.value(match[1])), text)


class Forge:
    """Runs jobs, each on a clone of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.origin = folder, folder / "origin.git"
        git(folder, "init", "--quiet", "--bare", "--initial-branch", "main", str(self.origin))
        tool = folder / "tools/gh"
        tool.parent.mkdir()
        tool.write_text(_GH.format(folder=folder), "utf-8")
        tool.chmod(0o755)

    def clone(self, *arguments: str) -> Path:
        """What `git clone` makes of it."""
        place = self.folder / uuid4().hex[:8]
        git(self.folder, "clone", "--quiet", *arguments, str(self.origin), str(place))
        return place

    @property
    def comment(self) -> str:
        """The one that `gh` was given."""
        return (self.folder / "commented").read_text("utf-8")

    def run(self, job: Mapping[str, Any], event: Event) -> str:
        """What the commands of a job print that must end well; it is not run if it says so."""
        assert event.is_so(job["if"])
        steps = [step for step in job["steps"] if event.is_so(step.get("if"))]
        place = self._checked_out(steps[0], event)
        return "".join(self._run(step, event, place) for step in steps if "run" in step)

    def _checked_out(self, step: Mapping[str, Any], event: Event) -> Path:
        """As actions/checkout does it: of a request, a merge of it into its base."""
        assert step["uses"].startswith("actions/checkout@")
        ref = step["with"].get("ref")
        if ref or not event.payload:
            return self.clone("--branch", event.filled(ref or event.branch))
        place = self.clone()
        git(place, "checkout", "--quiet", "--detach")
        git(place, "merge", "--quiet", "--no-ff", "--message", "merge", event.head)
        git(place, "branch", "--quiet", "-D", "main")
        return place

    def _run(self, step: Mapping[str, Any], event: Event, place: Path) -> str:
        if _INSTALLING.fullmatch(step["run"]):
            return ""
        env = {name: event.filled(value) for name, value in step.get("env", {}).items()}
        done = shell(step["run"], place, **self._environment(event), **env)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def _environment(self, event: Event) -> dict[str, str]:
        payload = self.folder / "event.json"
        payload.write_text(json.dumps(event.payload), "utf-8")
        tools = [str(self.folder / "tools"), str(Path(sys.executable).parent), os.environ["PATH"]]
        return {
            **dict.fromkeys(OF_CI, ""),
            "PATH": os.pathsep.join(tools),
            "RUNNER_TEMP": str(self.folder),
            "GITHUB_ACTIONS": "true",
            "GITHUB_EVENT_NAME": event.name,
            "GITHUB_EVENT_PATH": str(payload),
            "GITHUB_HEAD_REF": event.branch if event.payload else "",
            "GITHUB_REF_TYPE": "branch",
            "GITHUB_REF_NAME": "7/merge" if event.payload else event.branch,
        }

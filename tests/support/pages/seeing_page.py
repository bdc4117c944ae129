"""What docs/seeing.md shows of commands, printed by them: `make docs` writes it, a test compares.

All commands of the page are run one after another, in a copy of the flights that is committed to
`main`.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support.dagster.running import EXAMPLES, ROOT
from tests.support.pages.deploy_page import environment
from tests.support.repositories import commit, init

PAGE = ROOT / "docs/seeing.md"
_SHOWN = re.compile(r"(?<=<!-- shown -->\n```console\n).*?(?=```\n<!-- /shown -->)", re.DOTALL)
_COMMAND = re.compile(r"^\$ .*(?:\n> .*)*", re.MULTILINE)


def with_shown(page: str) -> str:
    """The page, with what its commands print."""
    with TemporaryDirectory() as folder:
        root = Path(folder) / "flights"
        shutil.copytree(EXAMPLES / "flights", root, ignore=shutil.ignore_patterns("data"))
        init(root)
        commit(root, "the flights")
        return _SHOWN.sub(lambda match: _run(match[0], root), page)


def _run(block: str, root: Path) -> str:
    return "".join(f"{command}\n{_printed(command, root)}" for command in _COMMAND.findall(block))


def _printed(command: str, root: Path) -> str:
    shell = command.removeprefix("$ ").replace("\n> ", "\n")
    done = subprocess.run(
        ["bash", "-c", shell], cwd=root, env=environment(), stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    return done.stdout

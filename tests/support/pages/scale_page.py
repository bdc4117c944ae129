"""What docs/scale.md shows: its files and its commands, which the slow tests use as they are."""

from __future__ import annotations

import re

from tests.support.dagster.running import ROOT

TEXT = (ROOT / "docs/scale.md").read_text("utf-8")
STORAGE = TEXT.partition("\n## Executors")[0]
"""What it says about Dagster's storage and processes; Kubernetes has files of the same names."""
_FILE = re.compile(r"```\w+\n# (\S+)\n(.*?)```", re.DOTALL)
_COMMANDS = re.compile(r"```sh\n(.*?)```", re.DOTALL)


def part(name: str) -> str:
    """What is between two marks."""
    return TEXT.partition(f"<!-- {name} -->\n")[2].partition(f"<!-- /{name} -->")[0]


def files(text: str) -> dict[str, str]:
    """The files of a part of the page, by the path in their first line."""
    return dict(_FILE.findall(text))


def commands(text: str, program: str) -> list[str]:
    """The commands of a part of the page that begin with some words."""
    lines = (line for block in _COMMANDS.findall(text) for line in block.splitlines())
    return [line for line in lines if line.startswith(program)]

"""What docs/selection.md says is selected, and refused."""

import re
from functools import cache

from pipes_projects.analysis.selection import select
from pipes_projects.analysis.selection.tokens import FROM_THE_SERVER
from pipes_projects.project import Project
from pipes_projects.project_folder import compile_project
from tests.support.dagster.running import EXAMPLES, ROOT

PAGE = (ROOT / "docs/selection.md").read_text("utf-8")
MOST = 3
"""How many keys a cell of the table names."""


@cache
def flights() -> Project:
    return compile_project(EXAMPLES / "flights").project


def rows(name: str) -> list[list[str]]:
    """The cells of a table of the page."""
    table = PAGE.partition(f"<!-- {name} -->\n")[2].partition("\n<!--")[0]
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table.split("\n")]
    assert len(cells) > 2
    return cells[2:]


def selected(text: str) -> str:
    keys = select(flights(), text.strip("`")).keys
    return ", ".join(f"`{key}`" for key in keys) if len(keys) <= MOST else f"{len(keys)} assets"


def refused(text: str) -> list[str]:
    """Why, and what to do; in a table, code with backticks of its own is no code."""
    (problem,) = select(flights(), text.strip("`")).problems
    return [problem.message, problem.help]


def test_selections_select_what_the_page_says() -> None:
    assert [row[2] for row in rows("selections")] == [selected(r[0]) for r in rows("selections")]
    assert "" not in [row[2] for row in rows("selections")]


def test_what_is_refused_is_told_as_the_page_says() -> None:
    assert [row[1:] for row in rows("refused")] == [refused(row[0]) for row in rows("refused")]


def test_the_page_names_what_only_the_server_knows() -> None:
    named = re.findall(r"`(\w+)`", PAGE.rpartition("\n\n")[2].partition(" are known")[0])
    assert named == list(FROM_THE_SERVER)

"""What scripts print, on its way to people: whole lines, safe to show, in colours if wanted."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipes_projects.running.results.settlement import UNREPORTED
from pipes_projects.terminal.lines import Lines
from pipes_projects.terminal.results.records import Record
from pipes_projects.terminal.results.report import render_report
from tests.support.command import run
from tests.support.folder import Folder

TEXTS = st.lists(st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"])))


@given(TEXTS, st.lists(st.integers(1, 5)))
def test_lines_are_whole_however_they_come(texts: list[str], sizes: list[int]) -> None:
    data = "".join(f"{text}\n" for text in texts).encode()
    found: list[str] = []
    lines = Lines(found.append)
    for size in sizes:
        lines(data[:size])
        data = data[size:]
    lines(data)
    lines.close()
    assert found == texts


def test_of_a_progress_bar_the_last_state_is_shown_and_the_last_line_needs_no_end() -> None:
    found: list[str] = []
    lines = Lines(found.append)
    lines(b"10 %\r50 %\r100 %\r\nd\xc3")
    lines(b"\xa9j\xc3\xa0")
    lines.close()
    assert found == ["100 %", "déjà"]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    folder = Folder(tmp_path / "project")
    folder.asset("raw/a", script=r"print('\x1b[2J::error::x ##vso[task.x]y \u202e')" + "\n")
    return folder


def test_what_scripts_print_is_shown_and_obeyed_by_nobody(folder: Folder) -> None:
    done = run("run", "*", cwd=folder.root)
    assert "raw/a | \N{REPLACEMENT CHARACTER}[2J::error::x" in done.stderr
    assert not [mark for mark in ("\x1b", "\u202e", "##vso[") if mark in done.stderr]


@pytest.mark.parametrize(("no_colour", "is_coloured"), [("", True), ("1", False)])
def test_names_have_colours_on_a_terminal_whose_owner_wants_some(
    folder: Folder, no_colour: str, is_coloured: bool
) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "pipes_projects", "run", "*", str(folder.root)]
    env = {**os.environ, "NO_COLOR": no_colour, "TERM": "xterm"}
    done = subprocess.run(
        command, env=env, stdout=subprocess.DEVNULL, stderr=theirs, stdin=theirs, check=True
    )
    os.close(theirs)
    shown = os.read(ours, 1 << 16)
    os.close(ours)
    assert done.returncode == 0
    assert (b"\x1b[36mraw/a |\x1b[0m started" in shown) is is_coloured
    assert (b"\x1b" in shown) is is_coloured


def test_long_tables_are_cut_and_markdown_is_readable() -> None:
    table = {"columns": [{"name": "n"}], "records": [{"n": number} for number in range(12)]}
    text = "Some **bold** words and `code`.\n\n| a | b |\n|:--|--:|\n| 1 | `x` |\n| 2 |\n"
    metadata = {
        "numbers": {"type": "table", "value": table},
        "notes": {"type": "md", "value": text},
        "url": {"type": "url", "value": "https://example.com"},
        "more": {"type": "json", "value": {"a": [1]}},
    }
    shown = render_report([Record("t", "r", "raw/a", "2026-01", metadata=metadata)])
    assert shown.splitlines() == [
        "asset  partition  result",
        "raw/a  2026-01    made",
        "",
        "raw/a 2026-01",
        "  numbers:",
        *(f"    {cell}" for cell in ("n", *range(10), "and 2 more rows")),
        "  notes:",
        "    Some bold words and code.",
        "    a  b",
        "    1  x",
        "    2",
        "  url: https://example.com",
        '  more: {"a": [1]}',
    ]


def test_what_was_skipped_for_one_reason_is_told_once_for_all_partitions() -> None:
    days = ("2026-01-01", "2026-01-02", "2026-01-03")
    skipped = [
        Record("t", "r", "marts/b", day, result="skipped", made=False, why="`raw/a` failed")
        for day in days
    ]
    shown = render_report(skipped)
    assert shown.count("marts/b was skipped: `raw/a` failed") == 1
    assert all(day in shown for day in days)


def test_what_was_reported_before_its_script_failed_is_told_below_the_table() -> None:
    blocked = {"has_rows": {"passed": False, "severity": "ERROR", "blocking": True}}
    records = [
        Record("t", "r", "raw/a", "2026-01", "failed", why="exit code 1"),
        Record("t", "r", "raw/a", "2026-02", "failed", why="exit code 1"),
        Record("t", "r", "raw/b", None, "failed", made=False, why="exit code 1"),
        Record("t", "r", "raw/c", None, "ended", why="cancelled"),
        Record("t", "r", "raw/d", None, "failed", checks=blocked, why="a check failed"),
        Record("t", "r", "raw/e"),
    ]
    shown = render_report(records)
    told = [line for line in shown.splitlines() if " was reported " in line]
    assert told == [
        "raw/a was reported before its script failed",
        "raw/c was reported before its script was ended",
    ]


def test_a_check_that_was_not_reported_says_so() -> None:
    check = {"passed": False, "severity": "ERROR", "description": UNREPORTED}
    shown = render_report([Record("t", "r", "raw/a", checks={"has_rows": check})])
    assert "has_rows FAILED" in shown
    assert "  has_rows: the script did not report this check" in shown.splitlines()

"""What commands print on a terminal, as SVG: its text is what a test compares."""

import io
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

from tests.support.dagster.running import EXAMPLES, ROOT
from tests.support.processes.terminal import on_terminal

PICTURES = ROOT / "docs/pictures"
COLUMNS = 88
_HEIGHT, _LINE, _LETTER = 20.0, 24.4, 12.2
"""Rich's measures, in pixels."""
_SVG = "{http://www.w3.org/2000/svg}"
_FONTS = re.compile(r"\s*@font-face \{\{.*?\}\}\n", re.DOTALL)
"""Fonts from elsewhere: a picture asks for nothing."""
_FAMILY = re.compile(r"Fira Code, monospace|Fira Code")


def flights(folder: Path) -> Path:
    """A copy of the flights."""
    root = folder / "flights"
    shutil.copytree(EXAMPLES / "flights", root, ignore=shutil.ignore_patterns("data", ".dagster*"))
    return root


def mistaken(root: Path) -> None:
    """Two mistakes, as people make them."""
    for path, right, wrong in (
        ("staging/planes.yaml", "raw/planes", "raw/plane"),
        ("marts/fleet.yaml", "automation_condition", "automation_conditon"),
    ):
        file = root / "defs" / path
        text = file.read_text("utf-8")
        assert right in text
        file.write_text(text.replace(right, wrong), "utf-8")


TERMINALS: dict[str, tuple[str, Callable[[Path], None]]] = {
    "graph.svg": ("graph", lambda _: None),
    "check.svg": ("check", mistaken),
}
"""A command for each picture, and what happens to the flights before."""


def printed(name: str, folder: Path) -> str:
    """What the command of a picture prints, with its colours."""
    command, change = TERMINALS[name]
    change(root := flights(folder))
    arguments = ("-m", "pipes_projects", command)
    with on_terminal(*arguments, cwd=root, COLUMNS=str(COLUMNS), NO_COLOR="") as terminal:
        return terminal.close()


def drawn(name: str, text: str) -> str:
    """The picture of a terminal in which the command has printed this."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    console.print(Text.from_ansi(f"$ pipes-projects {TERMINALS[name][0]}\n{text.rstrip()}"))
    form = _FAMILY.sub(
        "ui-monospace, Menlo, Consolas, monospace", _FONTS.sub("", CONSOLE_SVG_FORMAT)
    )
    return console.export_svg(title="flights", code_format=form, unique_id=name.partition(".")[0])


def lines_of(svg: str) -> list[str]:
    """The lines that a picture of a terminal shows, without its title."""
    rows: dict[int, dict[int, str]] = {}
    for text in ElementTree.fromstring(svg).iter(f"{_SVG}text"):
        if "clip-path" in text.attrib:
            row = round((float(text.attrib["y"]) - _HEIGHT) / _LINE)
            rows.setdefault(row, {})[round(float(text.attrib["x"]) / _LETTER)] = text.text or ""
    return [_line(rows.get(row, {})) for row in range(max(rows, default=-1) + 1)]


def _line(parts: dict[int, str]) -> str:
    line = ""
    for column, text in sorted(parts.items()):
        line = f"{line:{column}}{text}"
    return line.replace("\N{NO-BREAK SPACE}", " ").rstrip()


def shown_in(text: str) -> list[str]:
    """The lines of what was printed, without colours."""
    plain = Text.from_ansi(text).plain
    return [line.rstrip() for line in plain.rstrip("\n").split("\n")]

"""What is shown after a line that installs something works with what that line installs."""

import re
import subprocess
import sys
import tomllib
from importlib.metadata import entry_points, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from pipes_projects.scaffold.project import README
from tests.support.command import run
from tests.support.dagster.running import ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
SHOWN = re.compile(r"`((?:pip install|pipes-projects|dagster)(?: [^`]+)?)`")
OUR_EXTRAS = re.compile(r"pip install \"?(?:PATH/TO/CLONE|pipes-projects)(?:\[([\w,]+)\])?")
# What Dagster's own commands import, beside the package that brings the command.
ALSO = {("dagster", "dev"): "dagster-webserver"}


def ours() -> tuple[list[str], dict[str, list[str]]]:
    """What we need, and each extra: as `pyproject.toml` says, whatever was installed last."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return project["dependencies"], project["optional-dependencies"]


def installed_by(extras: set[str]) -> set[str]:
    """All distributions that come with us and these extras."""
    needed, optional = ours()
    lines = [*needed, *(line for extra in extras for line in optional[extra])]
    pending = [
        (requirement.name.lower(), frozenset(requirement.extras))
        for requirement in map(Requirement, lines)
    ]
    found = {"pipes-projects"}
    while pending:
        name, wanted = pending.pop()
        if name in found:
            continue
        found.add(name)
        for line in requires(name) or ():
            needed = Requirement(line)
            environments = [{"extra": extra} for extra in (*wanted, "")]
            if not needed.marker or any(map(needed.marker.evaluate, environments)):
                pending.append((needed.name.lower(), frozenset(needed.extras)))
    return found


def needed_by(command: str) -> set[str]:
    """The distributions that a command cannot do without."""
    program, *words = command.split()
    points = entry_points(group="console_scripts", name=program)
    names = {point.dist.name.lower() for point in points if point.dist}
    assert names, f"nothing installs {program}"
    return names | {ALSO[pair] for pair in [(program, word) for word in words] if pair in ALSO}


def extras_of(line: str) -> set[str]:
    match = OUR_EXTRAS.search(line)
    assert match, line
    return set((match[1] or "").split(",")) - {""}


def works_after(line: str, commands: list[str]) -> None:
    assert commands
    for command in commands:
        assert needed_by(command) <= installed_by(extras_of(line)), (line, command)


def section(page: str, title: str) -> str:
    return page.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def test_dagster_dev_needs_its_web_server() -> None:
    """If that is no longer so, `ui` and `ALSO` have had their day."""
    code = (
        "import sys; sys.modules['dagster_webserver'] = None; sys.argv = ['dagster', 'dev'];"
        "from dagster._cli import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "dagster_webserver" in done.stderr or "dagster-webserver" in done.stderr


def test_what_the_readme_shows_works_after_its_line() -> None:
    text = section((ROOT / "README.md").read_text("utf-8"), "Start your own")
    line = next(command for command in text.splitlines() if command.startswith("pip install"))
    shown = re.findall(r"^\$ ((?:pipes-projects|dagster) .*)$", text, re.MULTILINE)
    works_after(line, [*shown, *re.findall(r"`(dagster [^`]+)`", text)])


def test_what_a_projects_readme_shows_works_after_its_line() -> None:
    line, *commands = SHOWN.findall(README)
    works_after(line, commands)
    assert any("dagster dev" in command for command in commands)


def test_what_init_shows_works_after_its_line(tmp_path: Path) -> None:
    code = (
        "import sys, importlib.util as u; find = u.find_spec;"
        "u.find_spec = lambda name, *more: None if name == 'dagster_webserver' else find(name);"
        f"sys.argv = ['pipes-projects', 'init', {str(tmp_path)!r}];"
        "from pipes_projects.cli import run; run()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    lines = [line.strip() for line in done.stderr.partition("next:\n")[2].splitlines()]
    at = next(number for number, line in enumerate(lines) if line.startswith("pip install"))
    works_after(
        "pip install pipes-projects", [line for line in lines[:at] if not line.startswith("cd ")]
    )
    works_after(lines[at], lines[at + 1 :])
    assert "pip install" not in run("init", tmp_path).stderr


def test_init_shows_only_commands_that_still_work(tmp_path: Path) -> None:
    run("init", tmp_path)
    assert run("new", "example/goodbye", "--dep", "example/hello", cwd=tmp_path).returncode == 0
    assert "pipes-projects new" not in run("init", tmp_path).stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_extras_that_pages_and_messages_name_exist(page: Path) -> None:
    sources = [page, *(ROOT / "pipes_projects").rglob("*.py")]
    text = "".join(path.read_text("utf-8") for path in sources)
    for match in re.finditer(r"(?:pipes-projects|CLONE)\[([\w,]+)\]", text):
        assert set(match[1].split(",")) <= ours()[1].keys()

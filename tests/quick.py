"""`make quick`: the tests that a change needs, in under a minute, and ruff on what has changed.

Of the test files that reach what has changed, by the imports of all modules, those that are nearest
to it run, as long as all of them take less than `BUDGET`; the others are listed. `make seconds`
measures how long each takes.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import grimp

ROOT = Path(__file__).parents[1]
SECONDS = ROOT / "tests/seconds.json"
BUDGET = 50.0  # seconds, by what the files took when they were measured
UNKNOWN = 12.0  # seconds, of a file that nobody has measured
BY_NAME = {
    "tests.support.command": ("pipes_projects.cli",),
    "pipes_projects.cli": ("pipes_projects.cli",),
    "pipes_projects.render.findings.formats": ("pipes_projects.render.findings",),
    "pipes_projects.emitter.kinds": ("pipes_projects.emitter.kinds",),
}
"""Modules that import others by name, or run them: all in these packages."""
READERS = {
    "docs": ["tests.docs.test_docs"],
    "tests/cases": ["tests.support.case_folders"],
    "pipes_projects/catalog/web": ["tests.catalog.test_bundle"],
}
"""What reads all files of a folder."""


class Choice(NamedTuple):
    """Test files: those that run, and those for which there is no time."""

    run: tuple[str, ...]
    left: tuple[str, ...]


def changed_files() -> list[str]:
    """What differs from where the branch began, committed or not."""
    base = _git("merge-base", "HEAD", "main") or ["HEAD"]
    changed = _git("diff", "--name-only", base[0])
    return sorted({*changed, *_git("ls-files", "--others", "--exclude-standard")})


def imports() -> grimp.ImportGraph:
    """Who imports whom, also inside of functions."""
    sys.path.insert(0, str(ROOT))
    graph = grimp.build_graph("pipes_projects", "tests", cache_dir=None)
    for importer, packages in BY_NAME.items():
        for imported in _inside(graph, packages) - {importer}:
            graph.add_import(importer=importer, imported=imported)
    return graph


def distances(graph: grimp.ImportGraph, changed: Iterable[str]) -> dict[str, int]:
    """The test files that reach a change, each by how many imports lead there."""
    nearest, steps = {module for path in changed for module in _modules(graph, path)}, 0
    seen: dict[str, int] = {}
    while nearest:
        seen.update(dict.fromkeys(nearest, steps))
        importers = (graph.find_modules_that_directly_import(module) for module in nearest)
        nearest, steps = {module for them in importers for module in them} - seen.keys(), steps + 1
    return {
        _file(module): far
        for module, far in seen.items()
        if module.rpartition(".")[2].startswith("test_")
    }


def choice(far: Mapping[str, int], seconds: Mapping[str, float], budget: float) -> Choice:
    """The nearest first, and of those that are equally near the fastest."""
    run, left = list[str](), list[str]()
    for path in sorted(far, key=lambda test: (far[test], seconds.get(test, UNKNOWN), test)):
        budget -= (takes := seconds.get(path, UNKNOWN))
        (run if budget >= 0 else left).append(path)
        budget += takes if budget < 0 else 0
    return Choice(tuple(run), tuple(left))


def known_seconds() -> dict[str, float]:
    """How long each test file took when it was measured."""
    seconds: dict[str, float] = json.loads(SECONDS.read_text("utf-8")) if SECONDS.exists() else {}
    return seconds


def measured(report: Path) -> dict[str, float]:
    """How long the test files of a report took: pytest's, as JUnit's XML."""
    seconds: defaultdict[str, float] = defaultdict(float)
    for case in ElementTree.parse(report).iter("testcase"):
        seconds[_file(_module_of(case.get("classname", "")))] += float(case.get("time", 0))
    return {path: round(took, 1) for path, took in seconds.items()}


def _modules(graph: grimp.ImportGraph, path: str) -> Iterator[str]:
    """The modules that a file is, or that read it."""
    module = path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
    if path.endswith("conftest.py"):
        yield from _inside(graph, [module.removesuffix(".conftest")])
    elif module in graph.modules:
        yield module
        if not graph.find_modules_that_directly_import(module):
            yield from _inside(graph, [module])  # a package runs when a part of it is imported
    else:
        yield from (
            reader for folder in READERS if path.startswith(folder) for reader in READERS[folder]
        )
        yield from (module for module in graph.modules if _names(_text(module), Path(path)))


def _names(text: str, path: Path) -> bool:
    """Whether a module names a file, or the folder of it that is next to the top."""
    words = [path.name, *([f"/{path.parts[1]}", f'"{path.parts[1]}"'] if path.parts[2:] else [])]
    return any(word in text for word in words)


def _text(module: str) -> str:
    paths = (ROOT / _file(module), ROOT / _file(f"{module}.__init__"))
    return next((path.read_text("utf-8") for path in paths if path.exists()), "")


def _inside(graph: grimp.ImportGraph, packages: Iterable[str]) -> set[str]:
    return {
        module
        for module in graph.modules
        if any(f"{module}.".startswith(f"{name}.") for name in packages)
    }


def _file(module: str) -> str:
    return f"{module.replace('.', '/')}.py"


def _module_of(name: str) -> str:
    """The module of a test, whose name may end with that of a class."""
    return re.sub(r"(\.[A-Z]\w*)+$", "", name)


def _git(*arguments: str) -> list[str]:
    command = ["git", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.splitlines() if done.returncode == 0 else []


def _ruff(changed: Iterable[str]) -> int:
    """What ruff says of the Python among some files."""
    python = [file for file in changed if file.endswith(".py") and (ROOT / file).exists()]
    commands = [["check", "--force-exclude"], ["format", "--check", "--force-exclude"]]
    return max(_run("ruff", *command, *python) for command in commands) if python else 0


def _run(*command: str) -> int:
    return subprocess.run([sys.executable, "-m", *command], cwd=ROOT, check=False).returncode


def _tell(made: Choice, seconds: Mapping[str, float]) -> None:
    sys.stdout.write(f"{len(made.run)} test files for what has changed\n")
    for path in made.left:
        sys.stdout.write(f"  left out: {path} ({seconds.get(path, UNKNOWN):.0f} s)\n")
    sys.stdout.flush()


def main(arguments: Sequence[str]) -> int:
    """With `--measured REPORT`, writes what each file took; else tests what has changed."""
    seconds = known_seconds()
    if arguments[:1] == ["--measured"]:
        kept = {test: took for test, took in seconds.items() if (ROOT / test).exists()}
        new = dict(sorted({**kept, **measured(Path(arguments[1]))}.items()))
        SECONDS.write_text(json.dumps(new, indent=2) + "\n", "utf-8")
        return 0
    changed = changed_files()
    made = choice(distances(imports(), changed), seconds, BUDGET)
    _tell(made, seconds)
    return max(_ruff(changed), _run("pytest", *made.run) if made.run else 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

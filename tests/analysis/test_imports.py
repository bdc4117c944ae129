"""What a script imports of its project, compared with what Python really runs."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipes_projects.analysis.imports.closure import Closures
from pipes_projects.analysis.script_text import read_script

SPY = """
import json, runpy, sys
opened = set()
def hook(event, arguments):
    if event == "open" and isinstance(arguments[0], str) and arguments[0].endswith(".py"):
        opened.add(arguments[0])
sys.dont_write_bytecode = True
sys.addaudithook(hook)
sys.path[0] = sys.argv[1].rpartition("/")[0]
try:
    runpy.run_path(sys.argv[1], run_name="__main__")
finally:
    print(json.dumps(sorted(opened)))
"""

EXACT: dict[str, dict[str, str]] = {
    "a module beside it": {"g/s.py": "import one", "g/one.py": ""},
    "a name of a module": {"g/s.py": "from one import x", "g/one.py": "x = 1"},
    "several in a line": {"g/s.py": "import json, one; import two", "g/one.py": "", "g/two.py": ""},
    "over two lines": {"g/s.py": "import \\\n  one", "g/one.py": ""},
    "from, over two lines": {"g/s.py": "from \\\n one import x", "g/one.py": "x = 1"},
    "in parentheses": {
        "g/s.py": "from p import (\n  a,\n)",
        "g/p/__init__.py": "",
        "g/p/a.py": "",
    },
    "in old line ends": {"g/s.py": "import json\rimport one\r", "g/one.py": ""},
    "through another": {"g/s.py": "import one", "g/one.py": "import two", "g/two.py": ""},
    "where another has Python look": {
        "g/s.py": "import first\nimport far",
        "g/first.py": "import os, sys\n"
        "sys.path.append(os.path.join(os.path.dirname(__file__), '..', 'lib'))",
        "lib/far.py": "",
    },
    "in a ring": {"g/s.py": "import one", "g/one.py": "import two", "g/two.py": "import one"},
    "a module of a package": {
        "g/s.py": "import p.a.b",
        "g/p/__init__.py": "",
        "g/p/a/__init__.py": "",
        "g/p/a/b.py": "",
        "g/p/c.py": "",
    },
    "modules out of a package": {
        "g/s.py": "from p import a, VALUE",
        "g/p/__init__.py": "VALUE = 1",
        "g/p/a.py": "",
        "g/p/b.py": "",
    },
    "everything of a package": {
        "g/s.py": "from p import *",
        "g/p/__init__.py": "__all__ = ['a']",
        "g/p/a.py": "",
        "g/p/b.py": "",
    },
    "relative to a package": {
        "g/s.py": "import p.q.a",
        "g/p/__init__.py": "",
        "g/p/q/__init__.py": "",
        "g/p/q/b.py": "x = 1",
        "g/p/c.py": "",
        "g/p/q/a.py": "from . import b\nfrom .b import x\nfrom .. import c",
    },
    "a folder without a word": {"g/s.py": "import p.a", "g/p/a.py": "", "g/p/b.py": ""},
    "a folder in the way of a module": {"g/s.py": "import p", "g/p/a.py": "", "g/p.py": ""},
    "a package in the way of a module": {"g/s.py": "import p", "g/p/__init__.py": "", "g/p.py": ""},
    "in a function": {"g/s.py": "def f():\n    import one\nf()", "g/one.py": ""},
    "if there is one": {
        "g/s.py": "try:\n    import nothing\nexcept ImportError:\n    import one",
        "g/one.py": "",
    },
    "in a block of every sort": {
        "g/s.py": "with open(__file__):\n  for x in [1]:\n    match x:\n      case 1: import one",
        "g/one.py": "",
    },
    "for type checkers alone": {
        "g/s.py": "from typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n import one\nelse:\n import two",
        "g/one.py": "",
        "g/two.py": "",
    },
    "by a text": {
        "g/s.py": "import importlib\nimportlib.import_module('p.a')\n__import__('one')",
        "g/p/__init__.py": "",
        "g/p/a.py": "",
        "g/one.py": "",
    },
    "by a text, relative to a package": {
        "g/s.py": "from importlib import import_module\nimport_module('.a', 'p')\n"
        "import_module('..b', package='p.q')\nimport_module(name='one')",
        "g/a.py": "",
        "g/b.py": "",
        "g/p/__init__.py": "",
        "g/p/a.py": "",
        "g/p/b.py": "",
        "g/one.py": "",
    },
    "by a text, and another name of the function": {
        "g/s.py": "from importlib import import_module as load\nload('p.a')\nload(name='one')",
        "g/p/__init__.py": "",
        "g/p/a.py": "",
        "g/one.py": "",
    },
    "of the standard library": {"g/s.py": "import json, os", "g/os.py": "", "g/json/x.py": ""},
    "in place of the standard library": {"g/s.py": "import colorsys", "g/colorsys.py": ""},
    "not from another folder": {"g/s.py": "import sys", "h/one.py": "", "one.py": ""},
    "from a folder above": {
        "g/s.py": "import sys\nfrom pathlib import Path\n"
        "sys.path.append(str(Path(__file__).resolve().parents[1]))\nimport one",
        "one.py": "import two",
        "two.py": "",
    },
    "from a folder that is added only once": {
        "g/s.py": "import os, sys\nLIB: str = os.path.dirname(__file__) + '/../lib'\n"
        "if LIB not in sys.path:\n    sys.path.insert(0, LIB)\nimport one",
        "lib/one.py": "",
    },
    "from a folder in an f-string": {
        "g/s.py": "import os, sys\nsys.path += [f'{os.path.dirname(__file__)}/lib']\nimport one",
        "g/lib/one.py": "",
    },
    "from folders in a list": {
        "g/s.py": "import os, sys\nfrom pathlib import Path\nHERE = Path(__file__).parent\n"
        "sys.path.extend([str(HERE.joinpath('lib')), os.path.join(HERE, os.pardir, 'far')])\n"
        "import one, two",
        "g/lib/one.py": "",
        "far/two.py": "",
    },
    "from folders at the start": {
        "g/s.py": "import sys\nsys.path[:0] = ['lib']\nsys.path[0:0] = ['../far']\n"
        "sys.path[:] = ['up', *sys.path]\nsys.path = ['down'] + sys.path\n"
        "import one, two, three, four",
        "g/lib/one.py": "",
        "far/two.py": "",
        "g/up/three.py": "",
        "g/down/four.py": "",
    },
    "from a folder added under another name": {
        "g/s.py": "from sys import path\npath.insert(0, 'lib')\nimport one",
        "g/lib/one.py": "",
    },
    "from folders added under other names": {
        "g/s.py": "from sys import version, path as where\nimport sys as system\n"
        "where += ['lib']\nsystem.path.append('../far')\nimport one, two",
        "g/lib/one.py": "",
        "far/two.py": "",
    },
    "from folders of site": {
        "g/s.py": "import site\nfrom site import addsitedir as add\n"
        "site.addsitedir('lib')\nadd('../far')\nimport one, two",
        "g/lib/one.py": "",
        "far/two.py": "",
    },
    "not from a folder that is added elsewhere": {
        "g/s.py": "from sys import path\nimport os as sys_\npath = []\npath.append('lib')\n"
        "path[:0] = ['lib']\ntry:\n    import one\nexcept ImportError:\n    pass",
        "g/lib/one.py": "",
    },
    "from a folder that it names": {
        "g/s.py": "import os, sys\nHERE = os.path.dirname(os.path.abspath(__file__))\n"
        "sys.path.insert(0, os.path.join(HERE, '..', 'lib'))\nimport one",
        "lib/one.py": "",
    },
    "from a folder beside that in which it runs": {
        "g/s.py": "import sys\nsys.path.insert(0, '../lib')\nimport one",
        "lib/one.py": "import two",
        "lib/two.py": "",
    },
    "from a folder above that in which it runs": {
        "g/s.py": "import os, sys\nfrom pathlib import Path\nUP = os.path.abspath('..')\n"
        "sys.path.append(UP)\nsys.path.append(str(Path.cwd().parent / 'lib'))\n"
        "sys.path.append(os.path.join(os.getcwd(), 'src'))\nimport one, two, three",
        "one.py": "",
        "lib/two.py": "",
        "g/src/three.py": "",
    },
    "from a folder that it divides": {
        "g/s.py": "import sys\nfrom pathlib import Path\nROOT = Path(__file__).parent.parent\n"
        "sys.path.append(str(ROOT / 'lib'))\nimport one",
        "lib/one.py": "",
    },
    "with a word of another line": {
        "g/s.py": "x = '''\nimport one\n'''\nimport two",
        "g/one.py": "",
    }
    | {"g/two.py": ""},
    "without an end of a line": {"g/s.py": "if True: import one", "g/one.py": ""},
}


def write(root: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")


def helpers(root: Path, *python_path: str) -> set[str]:
    found = Closures(root).helpers("g/s.py", read_script(root, "g/s.py"), python_path)
    return set(found)


def truth(root: Path) -> set[str]:
    """The files of the project that Python opens."""
    command = (sys.executable, "-c", SPY, str(root / "g/s.py"))
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, cwd=root / "g")
    opened = json.loads(done.stdout)
    inside = (Path(os.path.relpath(path, root)).as_posix() for path in opened)
    return {file for file in inside if not file.startswith("..")} - {"g/s.py"}


@pytest.mark.parametrize("files", EXACT.values(), ids=EXACT)
def test_what_is_counted_is_what_python_reads(tmp_path: Path, files: dict[str, str]) -> None:
    write(tmp_path, files)
    assert helpers(tmp_path) == truth(tmp_path)


def test_the_cases_import_something(tmp_path: Path) -> None:
    write(tmp_path, EXACT["in a ring"])
    assert helpers(tmp_path) == {"g/one.py", "g/two.py"}


def test_a_helper_that_is_not_there_is_no_error(tmp_path: Path) -> None:
    write(tmp_path, {"g/s.py": "import one\nimport p.q", "g/p/__init__.py": ""})
    assert helpers(tmp_path) == {"g/p/__init__.py"}


def test_code_that_is_nested_deeply_is_no_hindrance(tmp_path: Path) -> None:
    branches = "if 0: pass\n" + "elif 0: pass\n" * 1500 + "else: import one\n"
    chain = "import sys\nsys.path\nx = 'a'" + " + '/a'" * 1500 + "\n"
    write(tmp_path, {"g/s.py": branches + chain, "g/one.py": ""})
    assert helpers(tmp_path) == {"g/one.py"}


@pytest.mark.parametrize(
    "odd", ["f''", "f'lib'", "'' % '/lib'", "'' * '/lib'", "LIB - '/lib'", "'' + f''", "[] + ''"]
)
def test_an_expression_that_is_no_path_adds_no_folder(tmp_path: Path, odd: str) -> None:
    text = f"import sys\nLIB = ''\nsys.path.append({odd})\nimport one, two"
    write(tmp_path, {"g/s.py": text, "g/one.py": "", "lib/two.py": "", "g/lib/two.py": ""})
    assert helpers(tmp_path) == {"g/one.py"}


def test_a_path_that_grows_and_grows_is_given_up(tmp_path: Path) -> None:
    longer = "lib = os.path.join(lib, lib)\n" * 60  # 2**60 times as long, were it followed
    text = f"import os, sys\nlib = 'lib'\n{longer}sys.path.append(lib)\nimport one"
    write(tmp_path, {"g/s.py": text, "g/one.py": ""})
    assert helpers(tmp_path) == {"g/one.py"}


def test_a_helper_that_is_no_python_counts_by_its_content(tmp_path: Path) -> None:
    write(tmp_path, {"g/s.py": "import one", "g/one.py": "import two (", "g/two.py": ""})
    before = Closures(tmp_path).helpers("g/s.py", read_script(tmp_path, "g/s.py"))
    write(tmp_path, {"g/one.py": "import three ("})
    after = Closures(tmp_path).helpers("g/s.py", read_script(tmp_path, "g/s.py"))
    assert before.keys() == after.keys() == {"g/one.py"}
    assert before != after


def test_folders_of_python_path_come_after_the_script_s_own(tmp_path: Path) -> None:
    write(tmp_path, {"g/s.py": "import one, two", "g/one.py": "", "l/one.py": "", "l/two.py": ""})
    assert helpers(tmp_path, "l") == {"g/one.py", "l/two.py"}


def test_nothing_outside_the_project_counts(tmp_path: Path) -> None:
    root = tmp_path / "project"
    write(tmp_path, {"out/one.py": "", "out/p/__init__.py": "", "above.py": ""})
    write(root, {"g/s.py": "import one, p, above\nfrom .. import x\nfrom ... import y"})
    (root / "g/one.py").symlink_to(tmp_path / "out/one.py")
    (root / "g/p").symlink_to(tmp_path / "out/p")
    assert helpers(root, "..", "../out") == set()


def test_installed_packages_do_not_count(tmp_path: Path) -> None:
    write(tmp_path, {"g/s.py": "import one", ".venv/lib/site-packages/one.py": ""})
    assert helpers(tmp_path, ".venv/lib/site-packages") == set()


def test_a_link_to_a_script_imports_what_is_beside_the_script(tmp_path: Path) -> None:
    write(tmp_path, {"real/s.py": "import one", "real/one.py": "", "g/one.py": ""})
    (tmp_path / "g/s.py").symlink_to(tmp_path / "real/s.py")
    assert helpers(tmp_path) == {"real/one.py"}


def test_scripts_that_import_the_same_have_closures_of_their_own(tmp_path: Path) -> None:
    for name, text in {
        "a": "import one",
        "b": "import one\nimport json",
        "one": "import a",
    }.items():
        (tmp_path / f"{name}.py").write_text(text)
    closures = Closures(tmp_path)
    found = {
        script: set(closures.helpers(script, read_script(tmp_path, script)))
        for script in ("a.py", "b.py")
    }
    assert found == {"a.py": {"one.py"}, "b.py": {"one.py", "a.py"}}

"""What takes long says on a terminal what it is doing, and leaves nothing behind."""

import signal
import subprocess
import sys

import pytest

from tests.support.command import run
from tests.support.folder import Folder
from tests.support.processes.terminal import Terminal, on_terminal
from tests.support.repositories import commit, init

SLOW = """
import sys
from importlib import import_module
from pipes_projects.__main__ import main

name, what = {place!r}.split(":")
place = import_module(name)
real = getattr(place, what)

def slow(*arguments, **options):
    sys.stdin.readline()
    return real(*arguments, **options)

setattr(place, what, slow)
sys.argv[1:] = {command!r}
main()
"""
"""A command, in which something takes until the test has seen enough."""
PLACES = {
    "check": "pipes_projects.cli.project:compile_known",
    "list": "pipes_projects.project_folder.picture:picture_sources",
    "catalog": "pipes_projects.cli.reading.catalog:catalog_of",
    "graph": "pipes_projects.project_folder.picture:picture_sources",
    "explain": "pipes_projects.analysis.explanation:compile_sources",
    "diff": "pipes_projects.project_folder.difference:picture_sources",
}
PLAIN = {"NO_COLOR": "1", "COLUMNS": "200"}
COMMANDS = [
    (["check"], "checking 2 manifests … "),
    (["list"], "reading the manifests … "),
    (["catalog"], "writing the catalog … "),
    (["graph"], "reading the manifests … "),
    (["explain", "g/one"], "reading the manifests … "),
    (["diff", "HEAD"], "comparing the working tree with HEAD … "),
]


@pytest.fixture
def project(folder: Folder) -> Folder:
    """With a finding, a commit, and a change since."""
    init(folder.root)
    folder.asset("g/one", "deps: [g/tow]\n")
    folder.asset("g/two")
    commit(folder.root)
    folder.asset("g/two", "owners: [team:x]\n")
    return folder


def slow(command: list[str]) -> str:
    return SLOW.format(place=PLACES[command[0]], command=command)


def goes_on(terminal: Terminal) -> None:
    """Nothing waits any more, however often it is called."""
    assert terminal.process.stdin
    terminal.process.stdin.close()
    terminal.process.stdin = None


@pytest.mark.parametrize(("command", "words"), COMMANDS)
def test_a_slow_command_says_what_it_is_doing_and_nothing_of_it_stays(
    project: Folder, command: list[str], words: str
) -> None:
    plain = run(*command, cwd=project.root)
    with on_terminal("-c", slow(command), cwd=project.root, **PLAIN) as terminal:
        terminal.read_until(words)
        goes_on(terminal)
        left = terminal.close()
    assert plain.stdout in left
    assert plain.stderr in left
    assert words not in left
    assert terminal.process.returncode == plain.returncode


def test_what_goes_elsewhere_is_whole(project: Folder) -> None:
    plain = run("graph", "--format", "dot", cwd=project.root)
    with on_terminal(
        "-c", slow(["graph", "--format", "dot"]), cwd=project.root, output=subprocess.PIPE
    ) as terminal:
        terminal.read_until("reading the manifests")
        goes_on(terminal)
        assert terminal.process.stdout
        assert terminal.process.stdout.read().decode() == plain.stdout
        terminal.process.stdout.close()
        assert "digraph" not in terminal.close()


def test_quick_commands_show_nothing_and_import_nothing_for_it(project: Folder) -> None:
    code = (
        "import sys, atexit; from pipes_projects.__main__ import main;"
        " atexit.register(lambda: print('rich' in sys.modules));"
        " import pipes_projects.cli.progress as p; p._AFTER = 1_000; sys.argv[1:] = ['check'];"
        " main()"
    )
    with on_terminal("-c", code, cwd=project.root, NO_COLOR="1") as terminal:
        assert "\x1b" not in terminal.close()
        assert terminal.text.endswith("False\r\n")


@pytest.mark.parametrize("term", ["dumb", "xterm"])
def test_where_a_line_cannot_be_erased_there_is_none(project: Folder, term: str) -> None:
    command = [sys.executable, "-c", "import pipes_projects.cli.progress as p; print(p.can_show())"]
    if term == "dumb":
        with on_terminal(*command[1:], cwd=project.root, TERM="dumb") as terminal:
            assert terminal.close() == "False\n"
    else:  # a pipe
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        assert done.stdout == "False\n"


def test_ctrl_c_leaves_a_clean_line(project: Folder) -> None:
    with on_terminal("-c", slow(["check"]), cwd=project.root) as terminal:
        terminal.read_until("checking 2 manifests")
        terminal.process.send_signal(signal.SIGINT)
        assert terminal.close().strip() == "stopped"
    assert terminal.process.returncode == 130
    assert "\x1b[?25l" not in terminal.text  # the cursor was never hidden


def test_letters_that_a_terminal_lacks_are_spelled(project: Folder) -> None:
    with on_terminal("-c", slow(["check"]), cwd=project.root, PYTHONIOENCODING="ascii") as terminal:
        assert terminal.read_until("checking 2 manifests ...").isascii()


def test_a_line_is_never_wider_than_the_terminal(project: Folder) -> None:
    code = (
        "import sys; from pipes_projects.cli.progress import doing\n"
        "with doing('漢' * 200 + '\\x1b[2J'): sys.stdin.readline()"
    )
    with on_terminal("-c", code, cwd=project.root, COLUMNS="40") as terminal:
        terminal.read_until("…")
        terminal.go_on()
        assert terminal.close() == ""
    assert "漢" * 18 in terminal.text
    assert "漢" * 20 not in terminal.text
    assert "\x1b[2J" not in terminal.text


def test_a_run_says_what_is_running_below_what_scripts_print(folder: Folder) -> None:
    script = "print('first', flush=True)\nimport pathlib, time\n"
    script += "while not pathlib.Path('go').exists():\n    time.sleep(0.05)\nprint('last')\n"
    folder.asset("g/one", script=script)
    folder.asset("g/two", "deps: [g/one]\n")
    command = ["-m", "pipes_projects", "run", "*"]
    with on_terminal(*command, cwd=folder.root, NO_COLOR="1") as terminal:
        terminal.read_until("0 of 2 done, running g/one …")
        folder.write("defs/g/go")
        left = terminal.close()
    assert left.startswith("g/one | started\ng/one | first\ng/one | last\ng/one | made after")
    assert "done, running" not in left

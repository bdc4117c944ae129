"""How a script ended, and the error at hand."""

import os
import sys
from pathlib import Path

import pytest

from pipes_projects.running.ending import CannotStartError, Ending, author_error, in_words
from pipes_projects.running.foreseeing import foreseen
from pipes_projects.running.process import Command
from tests.support.processes.scripts import python, ran


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("exit 0", "exit code 0"),
        ("exit 1", "exit code 1"),
        ("exit 255", "exit code 255"),
        ("kill -SEGV $$", "killed by SIGSEGV"),
        ("kill -KILL $$", "killed by SIGKILL"),
        ("kill -INT $$", "killed by SIGINT"),
    ],
)
def test_how_a_script_ended_is_said_in_words(command: str, words: str, tmp_path: Path) -> None:
    assert str(ran(["sh", "-c", command], tmp_path).ending) == words


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.5, "0.5s"), (45, "45s"), (90, "1m30s"), (7200, "2h"), (90000, "1d1h")]
)
def test_durations_are_said_as_people_write_them(seconds: float, words: str) -> None:
    assert in_words(seconds) == words
    assert str(Ending(timed_out=seconds)) == f"timed out after {words}"


def test_an_error_of_python_begins_with_the_authors_own_last_frame(tmp_path: Path) -> None:
    text = """
        import json

        def read(text):
            return json.loads(text)

        print(read("{"))
    """
    outcome = ran(python(tmp_path, text), tmp_path)
    told = author_error(outcome.stderr, str(tmp_path / "script.py"), str(tmp_path))
    place, source, error = told.splitlines()
    assert (place, source) == ("script.py:5", "    return json.loads(text)")
    assert error.startswith("json.decoder.JSONDecodeError: Expecting property name")


def test_an_error_in_a_helper_beside_the_script_is_the_authors_too(tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text("def fail():\n    raise ValueError('two\\nlines')\n")
    outcome = ran(python(tmp_path, "import helper\nhelper.fail()\n"), tmp_path)
    told = author_error(outcome.stderr, str(tmp_path / "script.py"), str(tmp_path))
    assert told == "helper.py:2\n    raise ValueError('two\\nlines')\nValueError: two\nlines"


def test_of_exceptions_that_follow_from_each_other_the_last_is_told(tmp_path: Path) -> None:
    text = """
        try:
            {}["x"]
        except KeyError as error:
            raise RuntimeError("no x") from error
    """
    outcome = ran(python(tmp_path, text), tmp_path)
    told = author_error(outcome.stderr, str(tmp_path / "script.py"), str(tmp_path))
    assert told.splitlines()[0] == "script.py:5"
    assert told.splitlines()[-1] == "RuntimeError: no x"


def test_of_a_group_of_exceptions_the_last_is_told_without_its_margin(tmp_path: Path) -> None:
    text = """
        import asyncio

        async def fail():
            raise ValueError("no table | orders")

        async def main():
            async with asyncio.TaskGroup() as group:
                group.create_task(fail())

        asyncio.run(main())
    """
    outcome = ran(python(tmp_path, text), tmp_path)
    told = author_error(outcome.stderr, str(tmp_path / "script.py"), str(tmp_path))
    source = 'raise ValueError("no table | orders")'
    assert told == f"script.py:5\n    {source}\nValueError: no table | orders"


def test_a_group_of_exceptions_that_nothing_raised_has_its_own_place(tmp_path: Path) -> None:
    text = 'raise ExceptionGroup("two", [ValueError("first"), TypeError("second")])\n'
    outcome = ran(python(tmp_path, text), tmp_path)
    told = author_error(outcome.stderr, str(tmp_path / "script.py"), str(tmp_path))
    assert told.splitlines()[0] == "script.py:1"
    assert told.splitlines()[2:] == [
        "ExceptionGroup: two (2 sub-exceptions)",
        "ValueError: first",
        "TypeError: second",
    ]


def test_why_a_script_gave_up_is_told_though_it_had_got_over_an_exception(tmp_path: Path) -> None:
    text = """
        import logging, sys
        try:
            {}["x"]
        except KeyError:
            logging.exception("trying again")
        for number in range(100):
            print(f"try {number}", file=sys.stderr)
        sys.exit("the server does not answer")
    """
    outcome = ran(python(tmp_path, text), tmp_path)
    told = author_error(outcome.stderr, str(tmp_path / "script.py"), str(tmp_path))
    assert told.splitlines()[2] == "KeyError: 'x'"
    assert told.splitlines()[-2:] == ["try 99", "the server does not answer"]
    assert len(told.splitlines()) < 15


def test_a_syntax_error_has_its_place(tmp_path: Path) -> None:
    outcome = ran(python(tmp_path, "x = 1\nprint(\n"), tmp_path)
    told = author_error(outcome.stderr, str(tmp_path / "script.py"), str(tmp_path))
    assert "script.py" in told
    assert "SyntaxError: '(' was never closed" in told


def test_without_a_traceback_the_last_lines_are_told(tmp_path: Path) -> None:
    text = """
        import sys
        for number in range(100):
            print(f"line {number}", file=sys.stderr)
        sys.exit("the input file data/orders.csv is missing")
    """
    outcome = ran(python(tmp_path, text), tmp_path)
    told = author_error(outcome.stderr, str(tmp_path / "script.py"), str(tmp_path))
    lines = told.splitlines()
    assert lines[-1] == "the input file data/orders.csv is missing"
    assert lines[0] == "line 91"


def test_what_cannot_be_started_says_why_and_what_to_do(tmp_path: Path) -> None:
    plain = tmp_path / "plain.sh"
    plain.write_text("#!/bin/sh\nexit 0\n")
    odd = tmp_path / "odd.sh"
    odd.write_text("#!/no/such/shell\n")
    windows = tmp_path / "windows.sh"
    windows.write_text("#!/bin/sh\r\nexit 0\r\n")
    bare = tmp_path / "bare"
    bare.write_text("no program\n")
    for script in (odd, windows, bare):
        script.chmod(0o755)
    endings = {
        "nosuchprogram": "`nosuchprogram` is not on the PATH: install it on the machine that runs"
        " the script, or write its path",
        "julia": "`julia` is not on the PATH: install Julia on the machine that runs the script",
        str(plain): f"`{plain}` is not executable: run `chmod +x {plain}`",
        str(odd): f"`{odd}` cannot be started: the interpreter in its first line does not exist, or"
        " has Windows line ends",
        str(windows): f"`{windows}` cannot be started: the interpreter in its first line does not"
        " exist, or has Windows line ends",
        str(bare): f"`{bare}` cannot be started: its first line must name an interpreter, such as"
        " `#!/usr/bin/env bash`",
        str(tmp_path / "gone"): f"`{tmp_path / 'gone'}` does not exist",
    }
    for program, words in endings.items():
        with pytest.raises(CannotStartError) as raised:
            ran([program], tmp_path)
        assert str(raised.value) == words
        assert str(foreseen(Command([program], os.environ, str(tmp_path)))) == words


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CannotStartError, match="does not exist") as raised:
        ran(["true"], tmp_path / "gone")
    foretold = foreseen(Command(["true"], os.environ, str(tmp_path / "gone")))
    assert str(foretold) == str(raised.value)


def test_nothing_is_foreseen_where_it_can_be_started(tmp_path: Path) -> None:
    for name, head in {"shell": "#! /bin/sh -e\n", "by_env": "#!/usr/bin/env bash\n"}.items():
        (tmp_path / name).write_text(head)
        (tmp_path / name).chmod(0o755)
    here = {**os.environ, "PATH": f".{os.pathsep}{os.environ['PATH']}"}
    for program in ("true", sys.executable, "./shell", "shell", str(tmp_path / "by_env")):
        assert ran([program], tmp_path, env=here).ending.is_success
        assert foreseen(Command([program], here, str(tmp_path))) is None


def test_nothing_is_left_open_by_what_cannot_be_started(tmp_path: Path) -> None:
    assert ran(["true"], tmp_path).ending.is_success  # starts what starts scripts
    before = len(os.listdir("/dev/fd"))
    for _ in range(3):
        with pytest.raises(CannotStartError):
            ran(["nosuchprogram"], tmp_path)
        assert ran(["true"], tmp_path).ending.is_success
    assert len(os.listdir("/dev/fd")) == before

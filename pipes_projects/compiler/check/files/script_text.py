"""Scripts that cannot run as written, as their text alone shows."""

from __future__ import annotations

from collections.abc import Iterator
from warnings import catch_warnings, simplefilter

from pipes_projects.codes import Code
from pipes_projects.compiler.check.files.runnable import ending_of
from pipes_projects.diagnostics import Diagnostic
from pipes_projects.kinds.notebook.cells import ENDING, NotANotebookError, code_of
from pipes_projects.project import Project, Script
from pipes_projects.source import Location, Position, Span

_OWN_ENDINGS = {"notebook": ENDING, "sql": ".sql"}
"""Kinds that read such scripts themselves."""
_SHELLS = frozenset({"bash", "dash", "ksh", "sh", "zsh"})
_WINDOWS_END = b"\r\n"
_Fault = tuple[Code, str, str, Position]


def script_text(project: Project) -> Iterator[Diagnostic]:
    """Python scripts are valid Python, notebooks are notebooks, queries are UTF-8, and lines of
    shell scripts end as the shell expects."""
    for script in project.scripts:
        path = script.path or ""
        judge = _JUDGES.get(ending_of(path)) if path.isprintable() else None
        if judge is None or not _is_run_by_ending(script, project):
            continue
        fault = project.files.judged(path, judge)
        if fault is not None:
            code, message, help_, at = fault
            yield Diagnostic(code, message, Location(path, Span(at, at)), help_)


def _is_run_by_ending(script: Script, project: Project) -> bool:
    """Whether the script's ending determines what runs it."""
    kind = project.kinds.get(script.kind)
    if script.kind in _OWN_ENDINGS and script.kind not in project.run_by_owner:
        return ending_of(script.path or "") == _OWN_ENDINGS[script.kind]
    option = kind.any_ending_with if kind else None
    if option is None:  # the owner's class decides
        return False
    command = script.options.get(option)
    words = command.split() if isinstance(command, str) else command
    program = str(words[0]).rpartition("/")[2] if words else ""
    return not words or (program in _SHELLS and ending_of(script.path or "") == ".sh")


def _python(content: bytes) -> _Fault | None:
    """What this Python cannot parse; the Python that Dagster runs on may be another version."""
    try:
        with catch_warnings():
            simplefilter("ignore")
            compile(content, "script", "exec", dont_inherit=True)
    except SyntaxError as error:
        at = Position(max((error.lineno or 1) - 1, 0), max((error.offset or 1) - 1, 0))
        return _not_python(str(error.msg), at)
    except (ValueError, OverflowError) as error:
        return _not_python(str(error), Position(0, 0))
    except (RecursionError, MemoryError):  # with more stack or memory, it may parse
        return None
    return None


def _not_python(reason: str, at: Position) -> _Fault:
    help_ = (
        "the Python that runs `check` says so; if another one runs the script, name it in `command`"
    )
    return Code.PYTHON_SYNTAX, f"Python cannot read this script: {reason}", help_, at


def _notebook(content: bytes) -> _Fault | None:
    """What keeps this from being a notebook."""
    try:
        code_of(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return _not_a_notebook("it is not UTF-8", Position(0, 0))
    except NotANotebookError as error:
        return _not_a_notebook(str(error), Position(error.line - 1, error.column - 1))
    return None


def _not_a_notebook(reason: str, at: Position) -> _Fault:
    help_ = "restore it, or save it again in Jupyter; Git may have left marks of a conflict in it"
    return Code.NOTEBOOK_SYNTAX, f"this is not a notebook: {reason}", help_, at


def _query(content: bytes) -> _Fault | None:
    """A byte that is not UTF-8, as which queries are read."""
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message, help_ = "this query is not UTF-8", "save the script as UTF-8"
        return Code.SCRIPT_ENCODING, message, help_, _position(error.object, error.start)
    return None


def _position(content: bytes, at: int) -> Position:
    """Where a byte is."""
    line = content[:at].rpartition(b"\n")[2]
    return Position(content.count(b"\n", 0, at), len(line.decode("utf-8", "replace")))


def _shell(content: bytes) -> _Fault | None:
    """Windows line endings, which a shell takes for a part of the last word."""
    end = content.find(_WINDOWS_END)
    if end < 0:
        return None
    message = "this line has a Windows line end: the shell reads the carriage return as part of it"
    help_ = (
        "save the script with LF line endings; `*.sh text eol=lf` in `.gitattributes` keeps them"
    )
    return Code.WINDOWS_LINE_ENDS, message, help_, _position(content, end)


_JUDGES = {".py": _python, ".sh": _shell, ".sql": _query, ENDING: _notebook}

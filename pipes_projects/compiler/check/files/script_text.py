"""Scripts that cannot run as written, as their text alone shows."""

from __future__ import annotations

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from warnings import catch_warnings, simplefilter

from pipes_projects.codes import Code
from pipes_projects.compiler.check.files.runnable import ending_of
from pipes_projects.compiler.parse.slips.in_lines import how_to_resolve
from pipes_projects.diagnostics import Diagnostic
from pipes_projects.kinds.notebook.cells import ENDING, NotANotebookError, code_of
from pipes_projects.project import Project, Script
from pipes_projects.source import Location, Position, Span

_OWN_ENDINGS = {"notebook": ENDING, "sql": ".sql"}
"""Kinds that read such scripts themselves."""
_SHELLS = frozenset({"bash", "dash", "ksh", "sh", "zsh"})
_WINDOWS_END = b"\r\n"
_UTF16 = (BOM_UTF16_LE, BOM_UTF16_BE)
_MARKER = re.compile(rb"^(?:<<<<<<< |=======\r?$|>>>>>>> )", re.MULTILINE)
_UNRESOLVED = "a merge conflict is not resolved"
_Fault = tuple[Code, str, str, Position]


def script_text(project: Project) -> Iterator[Diagnostic]:
    """No script has a merge conflict; Python scripts are valid Python, notebooks are notebooks,
    queries are UTF-8, and shell scripts are encoded, and their lines end, as the shell expects."""
    for script in project.scripts:
        fault = _fault(script, project) if script.path and script.path.isprintable() else None
        if script.path and fault is not None:
            code, message, help_, at = fault
            yield Diagnostic(code, message, Location(script.path, Span(at, at)), help_)


def _fault(script: Script, project: Project) -> _Fault | None:
    """What is wrong with a script that has a file. The files cannot tell two judges of one file
    apart, so the strictest one is always the first."""
    path = script.path or ""
    ending = ending_of(path)
    fault = project.files.judged(path, _JUDGES.get(ending, _conflict))
    command = _command(script, project)
    if fault is None or command == []:
        return fault
    program = command[0].rpartition("/")[2] if command else ""
    is_by_shell = ending == ".sh" and program in _SHELLS
    judge = _shell_with_options if is_by_shell else _JUDGES_OF_OTHERS.get(ending, _conflict)
    return judge(project.files.content(path) or b"")


def _command(script: Script, project: Project) -> list[str] | None:
    """The words of the command that runs a script; none if its ending determines what runs it, and
    None if that is not known here."""
    kind = project.kinds.get(script.kind)
    if script.kind in _OWN_ENDINGS and script.kind not in project.run_by_owner:
        return [] if ending_of(script.path or "") == _OWN_ENDINGS[script.kind] else None
    option = kind.any_ending_with if kind else None
    if option is None:  # the owner's class decides
        return None
    command = script.options.get(option) or []
    return command.split() if isinstance(command, str) else [*map(str, command)]


def _conflict(content: bytes) -> _Fault | None:
    """An unfinished merge, with all three of the markers that Git leaves."""
    if b"<<<<<<< " not in content:  # most files
        return None
    start = middle = -1
    for marker in _MARKER.finditer(content):
        if marker[0].startswith(b"<"):
            start = marker.start()
        elif marker[0].startswith(b"="):
            middle = marker.start()
        elif 0 <= start < middle:
            help_ = how_to_resolve(content[start:middle].decode("utf-8", "replace"))
            return Code.MERGE_CONFLICT, _UNRESOLVED, help_, _position(content, start)
    return None


def _conflict_in_python(content: bytes) -> _Fault | None:
    """An unfinished merge; in Python that can be parsed, its markers are in a text."""
    unresolved = _conflict(content)
    return unresolved and _python(content) and unresolved


def _python(content: bytes) -> _Fault | None:
    """What this Python cannot parse; the Python that Dagster runs on may be another version."""
    if content.startswith(_UTF16):
        return _not_python("it is UTF-16, not UTF-8", Position(0, 0), "save the script as UTF-8")
    try:
        with catch_warnings():
            simplefilter("ignore")
            compile(content, "script", "exec", dont_inherit=True)
    except SyntaxError as error:
        if unresolved := _conflict(content):
            return unresolved
        at = Position(max((error.lineno or 1) - 1, 0), max((error.offset or 1) - 1, 0))
        return _not_python(str(error.msg), at)
    except (ValueError, OverflowError) as error:
        return _not_python(str(error), Position(0, 0))
    except (RecursionError, MemoryError):  # with more stack or memory, it may parse
        return None
    return None


_ANOTHER = (
    "the Python that runs `check` says so; if another one runs the script, name it in `command`"
)


def _not_python(reason: str, at: Position, help_: str = _ANOTHER) -> _Fault:
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
    """A merge conflict, or a byte that is not UTF-8, as which queries are read."""
    if unresolved := _conflict(content):
        return unresolved
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
    """A merge conflict, an encoding that no shell reads, or Windows line endings, which a shell
    takes for a part of the last word."""
    if unresolved := _conflict(content):
        return unresolved
    if content.startswith((BOM_UTF8, *_UTF16)):
        return _of_other_encoding(content)
    end = content.find(_WINDOWS_END)
    if end < 0:
        return None
    message = "this line has a Windows line end: the shell reads the carriage return as part of it"
    help_ = (
        "save the script with LF line endings; `*.sh text eol=lf` in `.gitattributes` keeps them"
    )
    return Code.WINDOWS_LINE_ENDS, message, help_, _position(content, end)


def _shell_with_options(content: bytes) -> _Fault | None:
    """What any shell refuses: without `-e` it goes on after a byte order mark."""
    return _shell(content.removeprefix(BOM_UTF8))


def _of_other_encoding(content: bytes) -> _Fault:
    """A mark at the start that editors hide."""
    if content.startswith(BOM_UTF8):
        message = "this script begins with a byte order mark: the shell reads it as a command"
        help_ = "save the script as UTF-8 without a byte order mark (BOM)"
    else:
        message, help_ = "this script is UTF-16: no shell reads it", "save the script as UTF-8"
    return Code.SCRIPT_ENCODING, message, help_, Position(0, 0)


_JUDGES_OF_OTHERS = {".py": _conflict_in_python}
"""For scripts that something else may run than their ending suggests: none finds what the judge of
the ending does not."""
_JUDGES = {".py": _python, ".sh": _shell, ".sql": _query, ENDING: _notebook}

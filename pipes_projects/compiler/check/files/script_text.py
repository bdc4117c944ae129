"""Scripts that cannot run as they are written: the text alone tells."""

from __future__ import annotations

from collections.abc import Iterator
from sys import version_info
from warnings import catch_warnings, simplefilter

from pipes_projects.codes import Code
from pipes_projects.compiler.check.files.runnable import ending_of
from pipes_projects.diagnostics import Diagnostic
from pipes_projects.project import Project, Script
from pipes_projects.source import Location, Position, Span

_SHELLS = frozenset({"bash", "dash", "ksh", "sh", "zsh"})
_WINDOWS_END = b"\r\n"
_Fault = tuple[Code, str, str, Position]


def script_text(project: Project) -> Iterator[Diagnostic]:
    """Python scripts are Python, and lines of shell scripts end as the shell expects."""
    for script in project.scripts:
        judge = _JUDGES.get(ending_of(script.path)) if script.path else None
        if judge is None or not script.path or not _is_run_by_ending(script, project):
            continue
        fault = project.files.judged(script.path, judge)
        if fault is not None:
            code, message, help_, at = fault
            yield Diagnostic(code, message, Location(script.path, Span(at, at)), help_)


def _is_run_by_ending(script: Script, project: Project) -> bool:
    """Whether what runs the script follows from its ending."""
    kind = project.kinds.get(script.kind)
    option = kind.any_ending_with if kind else None
    if option is None:  # the owner's class knows
        return False
    said = script.options.get(option)
    words = said.split() if isinstance(said, str) else said
    program = str(words[0]).rpartition("/")[2] if words else ""
    return not words or (program in _SHELLS and ending_of(script.path or "") == ".sh")


def _python(content: bytes) -> _Fault | None:
    """What Python cannot read; told by the Python that runs this, which may not be Dagster's."""
    try:
        with catch_warnings():
            simplefilter("ignore")
            compile(content, "script", "exec", dont_inherit=True)
    except SyntaxError as error:
        at = Position(max((error.lineno or 1) - 1, 0), max((error.offset or 1) - 1, 0))
        return _not_python(str(error.msg), at)
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        return _not_python(str(error) or type(error).__name__, Position(0, 0))
    return None


def _not_python(reason: str, at: Position) -> _Fault:
    version = f"{version_info.major}.{version_info.minor}"
    message = f"this is not Python {version}: {reason}"
    help_ = (
        f"Python {version} runs this check; where another version runs the script, see `command`"
    )
    return Code.PYTHON_SYNTAX, message, help_, at


def _shell(content: bytes) -> _Fault | None:
    """Line ends of Windows, which a shell takes for a part of the last word."""
    end = content.find(_WINDOWS_END)
    if end < 0:
        return None
    line = content.count(b"\n", 0, end)
    column = len(content[content.rfind(b"\n", 0, end) + 1 : end].decode("utf-8", "replace"))
    message = "this line ends as on Windows: the shell takes the carriage return for text"
    help_ = (
        "save the script with LF line ends; `*.sh text eol=lf` in `.gitattributes` keeps them so"
    )
    return Code.WINDOWS_LINE_ENDS, message, help_, Position(line, column)


_JUDGES = {".py": _python, ".sh": _shell}

"""`--format` and `--output`: where a report goes, and in which format."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import click

from pipes_projects.cli.project import wants_colour
from pipes_projects.cli.streams import hand_over, show_painted
from pipes_projects.disk.boundary import leads_out
from pipes_projects.disk.writing import replace
from pipes_projects.render.findings import text
from pipes_projects.render.findings.formats import FORMATS, SYNTAX, render
from pipes_projects.render.report import Report
from pipes_projects.spelling import similar
from pipes_projects.text.plain import readers_have

STDOUT = "-"


class Output(NamedTuple):
    """A format, and the file that takes it."""

    format: str
    file: str = STDOUT


def read_format(ctx: click.Context, param: click.Parameter, name: str) -> str:
    """Click's hook: the name of a format."""
    if name in FORMATS:
        return name
    hint = similar(name, FORMATS, "a format") or f"there are {', '.join(FORMATS)}"
    raise click.BadParameter(f"no format is called `{name}`; {hint}", ctx, param)


def read_outputs(
    ctx: click.Context, param: click.Parameter, values: tuple[str, ...]
) -> tuple[Output, ...]:
    """Click's hook: formats and files, none of which overwrites another."""
    outputs, taken = [], set[str]()
    for value in values:
        name, _, file = value.partition("=")
        if not file:
            message = f"`{value}` names no file: write for example `sarif=findings.sarif`"
            raise click.BadParameter(message, ctx, param)
        outputs.append(Output(read_format(ctx, param, name), file))
        if os.path.realpath(file) in taken and file != STDOUT:
            message = f"`{file}` is named twice: each format needs a file of its own"
            raise click.BadParameter(message, ctx, param)
        taken.add(os.path.realpath(file))
    return tuple(outputs)


def refuse_below(folders: Iterable[Path], outputs: Iterable[Output]) -> None:
    """No report overwrites a manifest or a script."""
    files = [output.file for output in outputs if output.file != STDOUT]
    for folder in folders:
        for file in files:
            if Path(os.path.realpath(file)).is_relative_to(os.path.realpath(folder)):
                reason = f"`{file}` is below {folder}, where manifests and scripts are"
                raise click.UsageError(f"--output: {reason}: write it elsewhere")


def refuse_links_out(folders: Iterable[Path], outputs: Iterable[Output]) -> None:
    """No report is written through a link that leads out of a project or its repository."""
    files = [output.file for output in outputs if output.file != STDOUT]
    for folder in folders:
        for file in files:
            if _enters(file, folder) and leads_out(file, folder):
                reason = f"`{file}` is a link out of {folder}, or below one"
                raise click.UsageError(f"--output: {reason}: name the place itself")


def _enters(file: str, folder: Path) -> bool:
    """Whether a path, as it is written, is below a folder."""
    return any(
        parent.exists() and parent.samefile(folder)
        for parent in Path(os.path.abspath(file)).parents
    )


def deliver(report: Report, outputs: tuple[Output, ...]) -> None:
    """Write the files first, because standard output may not be read to its end."""
    for output in sorted(outputs, key=lambda out: out.file == STDOUT):
        if output.file != STDOUT:
            _write(Path(output.file), _document(report, output.format).encode("utf-8"))
        elif output.format == "text":
            show_painted(text.render(report, wants_colour()))
        else:
            hand_over(_document(report, output.format), SYNTAX.get(output.format, "lines"))


def _document(report: Report, name: str) -> str:
    """The report in UTF-8, whatever the encoding of standard output."""
    with readers_have("utf-8"):
        return render(report, name)


def _write(file: Path, content: bytes) -> None:
    """Write all or nothing, except to devices such as `/dev/stderr`, which must not be replaced."""
    if file.exists() and not file.is_file():
        file.write_bytes(content)
    else:
        replace(Path(os.path.realpath(file)), content)

"""The parameters that scripts of kind `sql` ask for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pipes_projects.codes import Code
from pipes_projects.compiler.check.sql.scripts import location, source_of, sql_scripts
from pipes_projects.diagnostics import Diagnostic
from pipes_projects.manifest.values.deployment import TOLD_AS
from pipes_projects.project import Project, Script
from pipes_projects.source import SourceFile
from pipes_projects.spelling import similar

_TOLD: Final = frozenset({TOLD_AS, "partition_keys", "selected_checks", "upstream"})
"""What every script may be told beside its own params and extras."""


def sql_params(project: Project) -> Iterator[Diagnostic]:
    """Each `{params.name}` in a query is one of the script's params, or of its extras."""
    for script in sql_scripts(project):
        source = None if script.params_unknown else source_of(script, project)
        if source is not None and "{params." in source.text:
            yield from _unknown(script, source)


def _unknown(script: Script, source: SourceFile) -> Iterator[Diagnostic]:
    from pipes_projects.kinds.sql.reading.statements import BadSqlError, statements  # few need it

    known = {**(script.fields.params or {}), **(script.fields.extras or {})}
    try:
        asked = [value for found in statements(source.text) for value in found.values]
    except BadSqlError:
        return  # a run says what is wrong with it
    for value in asked:
        if value.what == "params" and value.name not in {*known, *_TOLD}:
            names = ", ".join(f"`{name}`" for name in known)
            some = f"the params are {names}" if known else _declare(script, value.name)
            yield Diagnostic(
                Code.UNKNOWN_PARAM,
                f"the script has no param `{value.name}`",
                location(source, value.place, value.place + value.end - value.start),
                similar(value.name, known, "a param") or some,
            )


def _declare(script: Script, name: str) -> str:
    return f"declare it in {script.location.path}: `params: {{{name}: default}}`"

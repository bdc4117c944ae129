"""The scripts of kind `sql` that we run ourselves, and their text."""

from __future__ import annotations

from pipes_projects.project import Project, Script
from pipes_projects.source import Location, SourceFile, Span

_KIND = "sql"


def sql_scripts(project: Project) -> list[Script]:
    """Those that make something."""
    if _KIND in project.run_by_owner:
        return []
    return [
        script
        for script in project.scripts
        if script.kind == _KIND and script.path and script.assets
    ]


def source_of(script: Script, project: Project) -> SourceFile | None:
    """The text of a script, if it can be read."""
    content = project.files.content(script.path or "")
    if content is None:
        return None
    return SourceFile(script.path or "", content.decode("utf-8-sig", "replace"))


def location(source: SourceFile, start: int, end: int) -> Location:
    """A part of a text."""
    return Location(source.path, Span(source.position(start), source.position(end)))

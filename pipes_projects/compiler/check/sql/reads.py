"""What scripts of kind `sql` read, beside what their manifests say that they are made from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from pipes_projects.codes import Code
from pipes_projects.compiler.check.sql.scripts import location, source_of, sql_scripts
from pipes_projects.diagnostics import Addition, Diagnostic, Related
from pipes_projects.kinds.registry.installed import is_installed
from pipes_projects.project import Asset, Dependency, Project, Script
from pipes_projects.source import Location, SourceFile

if TYPE_CHECKING:
    from pipes_projects.kinds.sql.reading.reads import Reads


def sql_reads(project: Project) -> Iterator[Diagnostic]:
    """Each asset that a query reads is in `deps`, and each of the queries in `deps` is read."""
    scripts = sql_scripts(project)
    if scripts and is_installed("sqlglot"):
        tables = _Tables(project, scripts)
        for script in scripts:
            yield from _findings(script, project, tables)


class _Reading(NamedTuple):
    """An asset, and where a query names its table."""

    key: str
    location: Location


class _Tables:
    """The assets of a project, by the names of their tables."""

    def __init__(self, project: Project, scripts: list[Script]) -> None:
        self.places = {asset.key: asset.location for asset in project.assets()}
        self.of_key = {asset.key.lower(): asset.key for asset in project.assets()}
        self.of_key |= {key.lower(): key for key in project.asset_keys}
        self.made: dict[tuple[str, str, str], str] = {}
        self.names: dict[tuple[str, str], str] = {}
        """Those of the tables, by connection and key."""
        for script in scripts:
            connection = _connection(script)
            for asset in script.assets:
                schema, name = _table(asset, script)
                self.made[connection, schema, name] = asset.key
                self.names[connection, asset.key] = name

    def asset(self, script: Script, schema: str, name: str, has_schemas: bool) -> str | None:
        """The asset that a script means by a table: one of a query on the same connection, or any
        with that key."""
        schema, name, connection = schema.lower(), name.lower(), _connection(script)
        if has_schemas:
            made = self.made.get((connection, schema, name))
            return made or (self.of_key.get(f"{schema}/{name}") if schema else None)
        keys = {
            key for (at, _, table), key in self.made.items() if (at, table) == (connection, name)
        }
        return keys.pop() if len(keys) == 1 else None


def _findings(script: Script, project: Project, tables: _Tables) -> Iterator[Diagnostic]:
    source = source_of(script, project)
    connection = project.connections.get(_connection(script))
    database = connection.type if connection else ""
    found = _reads(source, database) if source else None
    if source is None or found is None:
        return
    has_schemas = database != "sqlite"
    readings = [
        _Reading(key, location(source, read.start, read.end))
        for read in found.tables
        if (key := tables.asset(script, read.schema, read.name, has_schemas))
    ]
    yield from _undeclared_ones(script, readings, tables)
    if found.unclear is not None:
        yield from _unread_ones(script, readings, tables, found.unclear)


def _reads(source: SourceFile, database: str) -> Reads | None:
    from pipes_projects.kinds.sql.reading.reads import reads

    return reads(source.text, database)


def _undeclared_ones(
    script: Script, readings: list[_Reading], tables: _Tables
) -> Iterator[Diagnostic]:
    known = {asset.key for asset in script.assets} | _deps(script).keys()
    for reading in {reading.key: reading for reading in reversed(readings)}.values():
        if reading.key not in known:
            yield _undeclared(reading, script, tables.places.get(reading.key))


def _unread_ones(
    script: Script, readings: list[_Reading], tables: _Tables, unclear: frozenset[str]
) -> Iterator[Diagnostic]:
    """Only assets whose tables are on the same connection, and that no name may stand for."""
    read = {asset.key for asset in script.assets} | {reading.key for reading in readings}
    for key, dep in _deps(script).items():
        table = tables.names.get((_connection(script), key))
        if table and table not in unclear and key not in read:
            yield _unread(dep, script)


def _deps(script: Script) -> dict[str, Dependency]:
    return {dep.key: dep for asset in script.assets for dep in asset.deps}


def _undeclared(reading: _Reading, script: Script, declared: Location | None) -> Diagnostic:
    message = f"this reads `{reading.key}`, which is not in `deps`"
    help_ = f"add it in {script.location.path}, so that it is made first: `deps: [{reading.key}]`"
    is_alone = len(script.assets) == 1  # otherwise it is not certain which of them is made of it
    addition = Addition(script.location.path, ("deps",), reading.key) if is_alone else None
    related = (Related(declared, "declared here"),) if declared else ()
    return Diagnostic(
        Code.UNDECLARED_DEPENDENCY, message, reading.location, help_, related, addition=addition
    )


def _unread(dep: Dependency, script: Script) -> Diagnostic:
    message = f"`{dep.key}` is in `deps`, but the query does not read it"
    help_ = "remove it, unless it only has to be made first"
    related = (Related(Location(script.path or ""), "this script"),)
    return Diagnostic(Code.UNREAD_DEPENDENCY, message, dep.location, help_, related)


def _connection(script: Script) -> str:
    return str(script.options.get("connection", ""))


def _table(asset: Asset, script: Script) -> tuple[str, str]:
    *groups, name = asset.key.split("/")
    options: Mapping[str, object] = script.options
    schema = str(options.get("schema_name") or (groups[-1] if groups else ""))
    return schema.lower(), name.lower()

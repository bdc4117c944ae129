"""A script component → a manifest, as data. What would change the graph is not imported."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

import json
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import dagster as dg

from pipes_projects.emitter.migration.asset_fields import (
    ASSETS,
    CannotMapError,
    checks_of,
    fields_of,
)
from pipes_projects.emitter.migration.dg_project import Declared
from pipes_projects.emitter.migration.published import Names
from pipes_projects.emitter.migration.templates import environment_in, expanded_secret
from pipes_projects.manifest.values.references import literal
from pipes_projects.scaffold.importing.imported import ImportedScript, KeyPath

_EXECUTION: Final = ("attributes", "execution")
_PARTITIONS: Final = (
    dg.TimeWindowPartitionsDefinition,
    dg.StaticPartitionsDefinition,
    dg.DynamicPartitionsDefinition,
)
_NOT_IN_NAMES: Final = re.compile(r"[^A-Za-z0-9_.-]+")


def imported(
    declared: Declared,
    specs: Mapping[dg.AssetKey, dg.AssetSpec],
    names: Names,
    root: Path,
    folder: Path,
) -> ImportedScript:
    """The script of a component; raises `CannotMapError`."""
    component = declared.component
    _refuse_what_is_not_here(declared, folder)
    assert isinstance(component, dg.PythonScriptComponent)
    found = [specs[spec.key] for spec in component.assets or ()]
    if not found:
        raise CannotMapError(("attributes",), "it has checks but no assets")
    _refuse_other_partitions(found, specs)
    group = _group(found)
    script = _script(declared.file.parent, component.execution.path, root)
    name = _NOT_IN_NAMES.sub("_", script.stem).lstrip("_.") or "script"
    manifest, origins = dict[str, Any](), dict[KeyPath, KeyPath]()
    for key, value, origin in (*_step(component), *_partitions(declared, found, names)):
        manifest[key] = value
        origins[key,] = origin
    if "subprocess" in manifest:
        origins["subprocess", "args"] = (*_EXECUTION, "args")
    assets = dict(_assets(declared, found, names, origins, (group, name)))
    manifest |= next(iter(assets.values())) if len(assets) == 1 else {"assets": assets}
    _refuse_secrets(manifest, declared)
    return ImportedScript(
        declared.file, declared.document, declared.lines, script, group, name, manifest, origins
    )


def _refuse_what_is_not_here(declared: Declared, folder: Path) -> None:
    if declared.file.parent == folder:
        raise CannotMapError((), "it is the whole folder that `dg` loads")
    if not isinstance(declared.component, dg.PythonScriptComponent):
        name = type(declared.component).__name__
        raise CannotMapError(("type",), f"`{name}` is in the same file, and stays in it")
    for place, text in environment_in(declared.written):
        raise CannotMapError(place, f"`{text}` is a value of the environment: it is not written")
    for change in declared.changes:
        for _, text in environment_in(change):
            message = f"`{text}` in `post_processing` is a value of the environment"
            raise CannotMapError((), f"{message}: it is not written")


def _refuse_secrets(manifest: Mapping[str, Any], declared: Declared) -> None:
    """Values of templates may come from the environment without saying so."""
    text = json.dumps([declared.written, declared.changes], default=str, ensure_ascii=False)
    name = expanded_secret(manifest, text)
    if name:
        message = f"a template brings in the value of the variable `{name}`: it is not written"
        raise CannotMapError((), message)


def _refuse_other_partitions(
    specs: Sequence[dg.AssetSpec], known: Mapping[dg.AssetKey, dg.AssetSpec]
) -> None:
    """`dg` loads what Dagster could not run: partitions of two types match nowhere."""
    for number, spec in enumerate(specs):
        for dep in spec.deps:
            above = known.get(dep.asset_key)
            if above and not _can_match(above.partitions_def, spec.partitions_def):
                name = dep.asset_key.to_user_string()
                message = f"the partitions of `{name}` are of another type, and match none of these"
                raise CannotMapError((*ASSETS, number, "deps"), message)


def _can_match(
    above: dg.PartitionsDefinition[Any] | None, below: dg.PartitionsDefinition[Any] | None
) -> bool:
    types = [
        {type_ for type_ in _PARTITIONS if isinstance(partitions, type_)}
        for partitions in (above, below)
    ]
    return not all(types) or types[0] == types[1]


def _group(specs: Sequence[dg.AssetSpec]) -> str:
    groups = {spec.group_name or "default" for spec in specs}
    if len(groups) > 1:
        listed = ", ".join(f"`{group}`" for group in sorted(groups))
        raise CannotMapError(ASSETS, f"its assets are in several groups: {listed}")
    group = groups.pop()
    if "/" in group or group.startswith("_"):
        message = f"`{group}` cannot be the folder of a group: it has a `/`, or begins with `_`"
        raise CannotMapError((*ASSETS, 0, "group_name"), message)
    return group


def _script(home: Path, written: str, root: Path) -> Path:
    path = (home / written).resolve()
    if not path.is_file():
        raise CannotMapError((*_EXECUTION, "path"), f"there is no script {written}")
    if not path.is_relative_to(root.resolve()):
        raise CannotMapError((*_EXECUTION, "path"), "the script is outside the project")
    return home / written if not Path(written).is_absolute() and ".." not in written else path


def _step(component: dg.PythonScriptComponent) -> Iterator[tuple[str, Any, KeyPath]]:
    execution = component.execution
    args = shlex.split(execution.args) if isinstance(execution.args, str) else execution.args
    options = {} if execution.path.endswith(".py") else {"command": ["python"]}
    options |= {"args": [literal(arg) for arg in args]} if args else {}
    if options:
        yield "subprocess", options, (*_EXECUTION, "args")
    if execution.tags:
        tags = {key: _tag(value) for key, value in execution.tags.items()}
        yield "op_tags", tags, (*_EXECUTION, "tags")
    if execution.pool:
        yield "pool", execution.pool, (*_EXECUTION, "pool")


def _tag(value: Any) -> str:
    """As Dagster writes it."""
    return value if isinstance(value, str) else json.dumps(value)


def _partitions(
    declared: Declared, specs: Sequence[dg.AssetSpec], names: Names
) -> Iterator[tuple[str, Any, KeyPath]]:
    """They belong to the script: all of its assets have the same, or none has any."""
    if all(spec.partitions_def is None for spec in specs):
        return
    origin = (*ASSETS, 0, "partitions_def")
    if any(spec.partitions_def != specs[0].partitions_def for spec in specs):
        raise CannotMapError(ASSETS, "its assets have different partitions")
    first = declared.written["attributes"]["assets"][0].get("partitions_def")
    components: Any = declared.component
    is_changed = components.assets[0].partitions_def != specs[0].partitions_def
    name = None if is_changed else names.of_partitions(first, specs[0].partitions_def)  # type: ignore[arg-type]
    if name is None:
        raise CannotMapError(origin, "its partitions are not written out in this file")
    yield "partitions_def", name, origin


def _assets(
    declared: Declared,
    specs: Sequence[dg.AssetSpec],
    names: Names,
    origins: dict[KeyPath, KeyPath],
    place: tuple[str, str],
) -> Iterator[tuple[str, dict[str, Any]]]:
    """The fields of each asset by its name; where they come from is added to `origins`."""
    taken = set[str]()
    for number, spec in enumerate(specs):
        name = _name(spec, taken, place[1] if len(specs) == 1 else "")
        target: KeyPath = () if len(specs) == 1 else ("assets", name)
        if target:
            origins[target] = (*ASSETS, number)
        own = f"{place[0]}/{name}" != spec.key.to_user_string()
        fields: dict[str, Any] = {"key": spec.key.to_user_string()} if own else {}
        if own:
            origins[*target, "key"] = (*ASSETS, number, "key")
        for field, value, origin in fields_of(declared, number, spec, names):
            fields[field] = value
            origins[*target, field] = origin
        checks = dict(checks_of(declared, spec.key))
        if checks:
            fields["checks"] = {check: given for check, (given, _) in checks.items()}
            for check, (_, index) in checks.items():
                origins[*target, "checks", check] = ("attributes", "checks", index)
        yield name, fields


def _name(spec: dg.AssetSpec, taken: set[str], stem: str) -> str:
    if any("/" in part for part in spec.key.path):
        raise CannotMapError(ASSETS, f"a part of the key {spec.key.path} has a slash")
    if stem:
        return stem
    name = plain = _NOT_IN_NAMES.sub("_", spec.key.path[-1])
    number = 2
    while name in taken:
        name, number = f"{plain}_{number}", number + 1
    taken.add(name)
    return name

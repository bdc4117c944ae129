"""Where the parts of a project are: its root, `defs/`, `definitions.py` and the contract."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from pipes_projects.disk.boundary import LeadsOutError, open_file, refuse_outside
from pipes_projects.text.plain import shown

CONTRACT = "schemas/manifest.schema.json"
DEFAULTS_SCHEMA = "schemas/defaults.schema.json"
ASSET_KEYS = "schemas/asset-keys.json"


class LayoutError(Exception):
    """There is no project here, or its settings cannot be read."""

    def __init__(self, message: str) -> None:
        super().__init__(shown(message))


class NoProjectError(LayoutError):
    """There is no project here."""


@dataclass(frozen=True)
class Layout:
    """The folders of one project; `defs` and `definitions` are relative to its root."""

    root: Path
    defs: str = "defs"
    definitions: str = "definitions.py"
    ignore: tuple[str, ...] = ()
    """Patterns of files that are ignored; YAML files among them are not manifests."""
    hints: bool = True
    """Whether hints are reported."""
    deploy: str = "deploy.py"
    """The file with the owner's deployers."""
    production: str = "main"
    """The branch whose deployment is permanent."""
    file_url: str | None = None
    """The page of a line on the repository's host, with `{path}`, `{line}` and `{commit}` in it:
    for hosts that the catalog does not know."""

    @property
    def contract(self) -> Path:
        """The file that tells editors and CI what the owner publishes."""
        return self.root / CONTRACT

    @property
    def common(self) -> tuple[str, ...]:
        """The files that all manifests depend on, from the root."""
        return CONTRACT, "pyproject.toml", self.definitions

    @property
    def asset_keys(self) -> Path:
        """The file that tells editors the keys of assets; the contract refers to it."""
        return self.root / ASSET_KEYS


def find_layout(start: Path) -> Layout:
    """The project that `start` is in: its folder, or the nearest one above that has one."""
    start = Path(os.path.abspath(start))  # `..` is above, not below
    for folder in (start, *start.parents):
        settings = _settings(folder)
        if settings is not None:
            return _from_settings(folder, settings)
        if (folder / "defs").is_dir() and folder.name != "defs":
            return _around(folder) or Layout(folder)
    raise NoProjectError(
        f"no project here: there is no `defs` folder in {start} or above it, and no pyproject.toml"
        " that names one (`[tool.pipes-projects]`)"
    )


def named_layout(defs: Path) -> Layout | None:
    """The project whose `pyproject.toml`, in some folder above, names exactly this folder."""
    layout = _settled_above(defs)
    return layout if layout and layout.root / layout.defs == defs else None


def _around(folder: Path) -> Layout | None:
    """The project whose `pyproject.toml`, in some folder above, names something in this folder,
    which has a `defs`: in a project of `dg`, that is not the one with the groups."""
    layout = _settled_above(folder / "defs")
    named = (layout.root / layout.defs, layout.root / layout.definitions) if layout else ()
    return layout if any(path.is_relative_to(folder) for path in named) else None


def _settled_above(defs: Path) -> Layout | None:
    """The project of the nearest folder above whose `pyproject.toml` has settings."""
    for folder in defs.parents:
        settings = _settings(folder)
        if settings is not None:
            return _from_settings(folder, settings)
    return None


def layout_of(defs: Path) -> Layout:
    """The project whose folder with the groups is this one, with or without settings."""
    return named_layout(defs) or Layout(defs.parent, defs.name)


def repository_of(folder: Path) -> Path | None:
    """The folder of the Git repository that a folder is in."""
    return next(filter(_is_repository, (folder, *folder.parents)), None)


def _is_repository(folder: Path) -> bool:
    """In a worktree or a submodule, `.git` is a file; a bare repository has no projects."""
    git = folder / ".git"
    return os.path.isfile(git) or os.path.lexists(git / "HEAD")


def _settings(folder: Path) -> dict[str, Any] | None:
    path = folder / "pyproject.toml"
    if not os.path.lexists(path):
        return None
    import tomllib  # takes time, and many projects do without the file

    try:
        real = refuse_outside(path, repository_of(folder) or folder)
        with TextIOWrapper(open_file(real), "utf-8") as file:
            tool = tomllib.loads(file.read()).get("tool")
    except LeadsOutError as error:
        raise LayoutError(str(error)) from None
    except FileNotFoundError:
        raise LayoutError(f"{path} is a link to nothing: correct or remove it") from None
    except (OSError, ValueError, RecursionError) as error:
        raise LayoutError(f"{path} cannot be read: {error}") from None
    settings = tool.get("pipes-projects") if isinstance(tool, dict) else None
    if settings is not None and not isinstance(settings, dict):
        raise LayoutError(f"{path}: `pipes-projects` must be a table: `[tool.pipes-projects]`")
    return settings


def _from_settings(folder: Path, settings: dict[str, Any]) -> Layout:
    for problem in _setting_problems(settings):
        raise LayoutError(f"{folder / 'pyproject.toml'}: {problem}")
    defs = str(settings.get("defs", "defs")).rstrip("/")
    beside = (Path(defs).parent / "definitions.py").as_posix()
    definitions, deploy = str(settings.get("definitions", beside)), settings.get("deploy", {})
    layout = Layout(
        folder,
        Path(defs).as_posix(),
        definitions,
        tuple(settings.get("ignore", ())),
        bool(settings.get("hints", True)),
        str(deploy.get("file", (Path(definitions).parent / "deploy.py").as_posix())),
        str(deploy.get("production", "main")),
        settings.get("catalog", {}).get("file_url"),
    )
    if not os.path.isdir(folder / layout.defs):  # raises nothing, whatever the name
        raise LayoutError(f"{folder / 'pyproject.toml'} names `{defs}`, which is not a folder")
    return layout


def _setting_problems(settings: dict[str, Any]) -> Iterator[str]:
    yield from _problems_of(settings, _SETTINGS)
    for name, rules in _TABLES.items():
        if isinstance(table := settings.get(name), dict):
            yield from _problems_of(table, rules, f"{name}.")


def _problems_of(settings: dict[str, Any], rules: _Rules, above: str = "") -> Iterator[str]:
    for key, value in settings.items():
        if key not in rules:
            known = ", ".join(f"`{above}{name}`" for name in rules)
            yield f"`{above}{key}` is not a setting here; the settings are {known}"
        elif not rules[key][0](value):
            yield f"`{above}{key}` must be {rules[key][1]}"


def _is_path(value: object) -> bool:
    return isinstance(value, str) and _is_below(Path(value))


def _are_patterns(value: object) -> bool:
    return isinstance(value, list) and all(map(_is_pattern, value))


def _is_pattern(value: object) -> bool:
    return _is_path(value) and not str(value).startswith("!") and "\\" not in str(value)


def _is_page_of_files(value: object) -> bool:
    """No name and no password: whoever reads the catalog sees it."""
    if not isinstance(value, str) or "{path}" not in value:
        return False
    return _URL.fullmatch(re.sub(r"\{(path|line|commit)\}", "*", value)) is not None


_URL = re.compile(r"https?://[\w.-]+(:\d+)?/[^\s<>\"'`\\{}]*")
_Rules = dict[str, tuple[Callable[[object], bool], str]]
_PATH = (_is_path, "a path below this folder")
_TABLES: dict[str, _Rules] = {
    "deploy": {
        "file": _PATH,
        "production": (lambda value: isinstance(value, str) and value.strip() != "", "a branch"),
    },
    "catalog": {
        "file_url": (
            _is_page_of_files,
            "the address of a file's page, with `{path}` in it and, if you like, `{commit}` and"
            " `{line}`: `https://git.example/shop/src/commit/{commit}/{path}#L{line}`",
        ),
    },
}
_SETTINGS: _Rules = {
    "defs": _PATH,
    "definitions": _PATH,
    "ignore": (
        _are_patterns,
        'a list of patterns of paths below this folder: `["defs/**/x.yaml"]`',
    ),
    "hints": (lambda value: isinstance(value, bool), "`true` or `false`"),
} | {
    name: (lambda value: isinstance(value, dict), f"a table: `[tool.pipes-projects.{name}]`")
    for name in _TABLES
}


def _is_below(path: Path) -> bool:
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts

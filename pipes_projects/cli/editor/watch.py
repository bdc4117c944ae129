"""`pipes-projects editor --watch`: the keys follow the manifests, wherever they move."""

from __future__ import annotations

import gc
import os
import re
import signal
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

import click

from pipes_projects.cli.project import refresh_keys
from pipes_projects.cli.streams import tell
from pipes_projects.compiler import Memory
from pipes_projects.layout import ASSET_KEYS, Layout, LayoutError, find_layout

_TICK = 0.5  # seconds between checks that what we watch is still in place
Watch = Callable[..., Any]
Identity = tuple[tuple[int, int] | None, ...]


def follow(layout: Layout) -> None:
    """Bring the keys of a project up to date whenever a manifest changes, until Ctrl-C."""
    watch = _watch()
    gc.enable()  # unlike other commands, this one lasts
    stop, tell_once = Event(), _Teller()
    refresh = partial(_refresh, tell_once=tell_once, memory=Memory())
    _end_by_ctrl_c(stop)
    while not stop.is_set():
        project = _project_at(layout.root)
        if project is None:
            tell_once(
                f"there is no project in {layout.root} now: nothing is written until it is back"
            )
            stop.wait(_TICK)
            continue
        tell_once(f"watching {project.root / project.defs}; Ctrl-C ends it")
        try:
            _watch_places(project, partial(watch, stop_event=stop), refresh)
        except FileNotFoundError:  # it has just been moved
            stop.wait(_TICK)
    raise KeyboardInterrupt


def _end_by_ctrl_c(stop: Event) -> None:
    """End between two steps: an exception in the middle of one could get lost in C code, or leave
    it half done. A second Ctrl-C ends it at once."""

    def set_stop(*_: object) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        stop.set()

    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, set_stop)


class _Teller:
    """Reports each state only once while it lasts."""

    def __init__(self) -> None:
        self.last_told = ""

    def __call__(self, text: str) -> None:
        if text != self.last_told:
            tell(text)
        self.last_told = text


def _watch() -> Watch:
    try:
        from watchfiles import watch
    except ImportError:
        raise click.UsageError("to watch files, install `pipes-projects[watch]`") from None
    return watch


def _project_at(root: Path) -> Layout | None:
    """The project in exactly this folder; a branch may have another one further up, or none."""
    try:
        found = find_layout(root)
    except LayoutError:
        return None
    return found if found.root == root else None


def _watch_places(layout: Layout, watch: Watch, refresh: Callable[[Layout], None]) -> None:
    """Watch until one of the folders is not the same as before."""
    identity = _identity(layout)
    with closing(_changes(layout, watch)) as changes:
        for number, changed in enumerate(changes):
            if _identity(layout) != identity:
                return
            if changed or number == 0:  # once at the start, for changes made before we watched
                refresh(layout)


def _changes(layout: Layout, watch: Watch) -> Any:
    from watchfiles import DefaultFilter

    usual = DefaultFilter.ignore_entity_patterns
    others = DefaultFilter(ignore_entity_patterns=(*usual, re.escape(layout.asset_keys.name)))
    places = [place for place in _places(layout) if place.is_dir()]
    return watch(
        *places, watch_filter=others, rust_timeout=int(_TICK * 1000), yield_on_timeout=True
    )


def _places(layout: Layout) -> Iterator[Path]:
    yield layout.root / layout.defs
    yield layout.contract.parent


def _identity(layout: Layout) -> Identity:
    """Changes when a folder is moved or recreated, or when the settings name another one."""
    return (*map(_inode, _places(layout)), _inode(layout.root / "pyproject.toml"))


def _inode(path: Path) -> tuple[int, int] | None:
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _refresh(layout: Layout, tell_once: _Teller, memory: Memory) -> None:
    """Only if the file exists: a new one would keep git from switching to a branch that has it."""
    if layout.asset_keys.exists():
        refresh_keys(layout, memory)
    else:
        tell_once(f"there is no {ASSET_KEYS} now: `pipes-projects editor` would write it")

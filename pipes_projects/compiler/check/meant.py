"""What an unknown dependency was meant to be: a group, a pattern, a path, another key."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property
from itertools import chain

from pipes_projects.disk.patterns import regular
from pipes_projects.project import Project

_SHOWN = 5
_WILD = re.compile(r"[*?]")
_SELECTION = re.compile(r"\+*(?:(?P<by>group|key|kind|tag|owner):)?[\"']?(?P<name>.*?)[\"']?\+*")
_COLON = r"\s*[:\uff1a]\s*"
_WORD = re.compile(rf"(?:asset|key){_COLON}(?P<key>[^\s*?+'\"]+)(?:\s+(?P<more>\w+{_COLON}.*))?")
"""A key after a word that people put in front of it."""
_ENDINGS = frozenset({"py", "sql", "sh", "yaml", "yml", "r", "js", "ipynb"})


class Meanings:
    """The assets, groups and scripts of a project, by what people might call them."""

    def __init__(self, project: Project, known: Iterable[str]) -> None:
        self.project = project
        self.known = sorted(known)
        self._keys = frozenset(self.known)

    @cached_property
    def _groups(self) -> dict[str, list[str]]:
        groups: dict[str, dict[str, None]] = {}
        of_assets = ((asset.group, asset.key) for asset in self.project.assets())
        for name, key in chain(
            of_assets, ((known.partition("/")[0], known) for known in self.known)
        ):
            groups.setdefault(name, {})[key] = None
        return {name: sorted(keys) for name, keys in groups.items()}

    @cached_property
    def _scripts(self) -> dict[str, list[str]]:
        """The assets of each script, where none of them has the script's name."""
        scripts: dict[str, list[str]] = {}
        for script in self.project.scripts:
            keys = [asset.key for asset in script.assets]
            for name in {script.name, f"{script.group}/{script.name.rpartition('/')[2]}"}:
                if keys and name not in keys:
                    scripts.setdefault(name, keys)
        return scripts

    @cached_property
    def _plain(self) -> dict[str, str]:
        """The keys by their letters only, without separators."""
        return {_plain(key): key for key in self.known}

    def help(self, key: str) -> str | None:
        """What to write instead of a key, where that is plain."""
        known = _key_alone(key) or self._group(key) or self._pattern(key) or self._script(key)
        return known or self._several(key) or self._same(key)

    def is_group(self, name: str) -> bool:
        """Whether a group has this name."""
        return name in self._groups

    def _group(self, key: str) -> str | None:
        selection = _SELECTION.fullmatch(key)
        by = selection["by"] if selection else None
        name = selection["name"].strip("/") if selection else key
        for ending in ("/*", "/**", ".*", "/**/*"):
            name = name.removesuffix(ending)
        keys = self._groups.get(name) if by in (None, "group") else None
        if not keys:
            return None
        what = f"`{name}` is a group"
        if _WILD.search(key) or by:
            what = f"patterns are not supported, and {what}"
        return f"{what}: {_named(keys)}"

    def _pattern(self, key: str) -> str | None:
        selection = _SELECTION.fullmatch(key)
        name = selection["name"] if selection else key
        if not _WILD.search(name) and (selection is None or name == key):
            return None
        pattern = regular(name)
        keys = [key for key in self.known if pattern.match(key)]
        return f"patterns are not supported: {_named(keys) if keys else 'name each asset'}"

    def _script(self, key: str) -> str | None:
        keys = self._scripts.get(key)
        return f"`{key}` is a script, not an asset: {_named(keys)}" if keys else None

    def _several(self, key: str) -> str | None:
        """Several keys that became one text, because the separators of YAML are missing."""
        keys = [*filter(None, re.split(r"(?:\s*[,;]\s*|\s+)(?:- +)?", key))]
        if len(keys) < 2 or not any(part in self._keys for part in keys):
            return None
        if re.search(r"\s- +", key):
            return "these are several items: begin each `- ` in the same column"
        return f"these are several keys: write `deps: [{', '.join(keys)}]`"

    def _same(self, key: str) -> str | None:
        """The same key with other separators, or as the path of a file."""
        parts = [part for part in re.split(r"[/\\.:,\s'\"(){}]+|__", key) if part]
        if len(parts) > 1 and parts[-1].lower() in _ENDINGS:
            parts.pop()
        for start in range(max(1, len(parts) - 1)):
            if right := self._plain.get(_plain("/".join(parts[start:]))):
                return f"write the key of the asset: `{right}`"
        named = (
            [known for known in self.known if known.endswith(f"/{parts[-1]}")] if "(" in key else []
        )
        return f"write the key of the asset: `{named[0]}`" if len(named) == 1 else None


def _key_alone(text: str) -> str | None:
    """What belongs in `deps` instead of a key with a word in front of it."""
    match = _WORD.fullmatch(text)
    if not match:
        return None
    if not match["more"]:
        return f"write the key alone: `{match['key']}`"
    more = re.sub(_COLON, ": ", match["more"])
    return f"write `{{asset: {match['key']}, {more}}}`"


def _plain(key: str) -> str:
    return re.sub(r"[-_.]+", "_", key.lower())


def _named(keys: list[str]) -> str:
    if len(keys) == 1:
        return f"write its asset, `{keys[0]}`"
    shown = ", ".join(keys[:_SHOWN])
    if len(keys) <= _SHOWN:
        return f"name its assets, as in `deps: [{shown}]`"
    return f"name those of its assets that you need, such as `{keys[0]}` and `{keys[1]}`"

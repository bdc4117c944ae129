"""What a run's process leaves for the processes of its steps: where each script is, and its keys.

It travels in the `_config` of `multiprocessing`, which every process passes on to those it starts:
there is no file that anyone else could write, or that would have to be removed.
"""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from multiprocessing import current_process
from typing import Any, NamedTuple

import dagster as dg

from pipes_projects.emitter.answers.specs import Emission

_NAME = "pipes_projects"


class ScriptWord(NamedTuple):
    """What the word says about one script."""

    manifest: str
    """The path of its manifest."""
    default_op_name: str
    op_name: str
    """What its step is called; empty for a script that Dagster does not run."""
    keys: Mapping[str, str]
    """The keys of its assets in Dagster, by those of its manifest."""
    upstream: list[str]
    """The scripts that make its upstream assets."""


class Word:
    """What the word says about a project."""

    def __init__(self, scripts: Mapping[str, ScriptWord]) -> None:
        self.scripts = scripts

    @cached_property
    def makers(self) -> Mapping[str, str]:
        """The script of each asset, by its key in Dagster."""
        return {key: name for name, script in self.scripts.items() for key in script.keys.values()}

    def renamed(self) -> Iterator[tuple[str, dg.AssetKey]]:
        """The keys that differ from those in manifests."""
        for script in self.scripts.values():
            for name, key in script.keys.items():
                if name != key:
                    yield name, dg.AssetKey.from_escaped_user_string(key)


def word_of(
    emission: Emission, steps: Mapping[dg.AssetKey, str], makers: Mapping[str, str] | None = None
) -> Word:
    """The word to leave about a project that was emitted.

    `steps` names the step of each asset, and `makers` its script, even if it was not emitted.
    """
    emitted = emission.emitted
    if makers is None:
        makers = {_text(answer.spec.key): answer.view.script.name for answer in emitted.values()}
    found = {}
    for script in emission.scripts:
        specs = {asset.key: emitted[asset.key].spec for asset in script.model.assets}
        above = {makers.get(_text(dep.asset_key)) for spec in specs.values() for dep in spec.deps}
        found[script.name] = ScriptWord(
            script.model.location.path,
            script.default_op_name,
            next((steps[spec.key] for spec in specs.values() if spec.key in steps), ""),
            {name: _text(spec.key) for name, spec in specs.items()},
            sorted(name for name in above if name and name != script.name),
        )
    return Word(found)


def _text(key: dg.AssetKey) -> str:
    return key.to_escaped_user_string()


def leave(project: str, word: Word | None, steps: Mapping[str, str]) -> None:
    """Leave it for all processes that this one will start.

    `word` is None if there is nothing to go by; `steps` names the step of each asset.
    """
    words = {**_words()}
    text = json.dumps([word.scripts if word else None, steps])
    if words.get(project, text) != text:  # two projects, and no way to tell which is meant
        text = ""
    words[project] = text
    vars(current_process()).setdefault("_config", {})[_NAME] = words


def left(project: str) -> Word | None:
    """What the process that started this one has left; None if it left nothing."""
    scripts, _ = _left(project)
    try:
        named = {name: ScriptWord(*script) for name, script in scripts.items()}
    except (AttributeError, TypeError):
        return None
    return Word(named)


def steps_left(project: str) -> Mapping[str, str]:
    """The step of each asset that there was in the process that started this one."""
    _, steps = _left(project)
    return steps if isinstance(steps, dict) else {}


def _left(project: str) -> tuple[Any, Any]:
    try:
        scripts, steps = json.loads(_words().get(project) or "")
    except (TypeError, ValueError):
        return None, None
    return scripts, steps


def _words() -> Mapping[str, str]:
    known: Any = vars(current_process()).get("_config")
    words = known.get(_NAME) if isinstance(known, dict) else None
    return words if isinstance(words, dict) else {}

"""The part of a project that a step's process needs, emitted just as the whole would be."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import dagster as dg

from pipes_projects.compiler import compile_sources
from pipes_projects.emitter.answers.inquiry import Inquiry
from pipes_projects.emitter.answers.specs import Emission, emission_of
from pipes_projects.emitter.loading.automation.schedules import schedules_of
from pipes_projects.emitter.loading.automation.sensor import automation_sensors, sensor_name
from pipes_projects.emitter.loading.build import Built, Platform, build, step_names
from pipes_projects.emitter.loading.errors import InvalidProjectError, LostAssetsError
from pipes_projects.emitter.loading.step_start.alone import is_alone
from pipes_projects.emitter.loading.step_start.lost import lost
from pipes_projects.emitter.loading.step_start.request import Request, is_run, request
from pipes_projects.emitter.loading.step_start.word import Word, leave, left, steps_left, word_of
from pipes_projects.emitter.loading.steps import steps_of
from pipes_projects.emitter.owner.key_table import KeyTable
from pipes_projects.layout import Layout
from pipes_projects.project import Project
from pipes_projects.source import read_sources


class StepStart(NamedTuple):
    """What a step's process does with the word left by the process of its run."""

    project: type
    layout: Layout
    file: Path
    """The file that calls `make_defs()`."""

    def part(self, owner: Platform, resources: Mapping[str, Any]) -> Built | None:
        """What the run of this step's process needs; None if it has to load everything."""
        asked = request()
        word = left(self._name) if asked else None
        if asked is None or word is None or not is_alone(asked.pointer, self.file):
            return None
        needed = _needed(asked, word)
        return _built(owner, self.layout, resources, word, needed) if needed else None

    def leave(self, built: Built) -> None:
        """If this is a run's process, leave word of what it made for the processes of its steps."""
        if is_run():
            steps, whole = step_names(built.assets), built.whole
            leave(self._name, word_of(whole, steps) if whole else None, _by_text(steps))

    def refuse_lost(self, built: Built, owner: Platform, resources: Mapping[str, Any]) -> None:
        """If assets of this step's run are not made any more as they were when it started, say so.

        Raises:
            LostAssetsError: It also says what errors the manifests have by now, if any.
        """
        asked = request()
        before = steps_left(self._name) if asked else {}
        if asked and before and (gone := lost(asked, before, built.assets)):
            raise LostAssetsError(gone, _errors(owner, self.layout, resources))

    @property
    def _name(self) -> str:
        folder = self.layout.root / self.layout.defs
        return f"{self.project.__module__}.{self.project.__qualname__} {folder}"


def _errors(owner: Platform, layout: Layout, resources: Mapping[str, Any]) -> str:
    """What `make_defs()` would raise for, outside quarantine; empty if nothing."""
    try:
        build(owner, layout, resources, "raise")
    except InvalidProjectError as error:
        return str(error)
    return ""


def _by_text(steps: Mapping[dg.AssetKey, str]) -> dict[str, str]:
    return {key.to_escaped_user_string(): step for key, step in steps.items()}


def _needed(asked: Request, word: Word) -> frozenset[str]:
    """The names of the scripts; none if they cannot be determined."""
    if not asked.selected <= word.makers.keys():
        return frozenset()
    selected = {word.makers[key] for key in asked.selected}
    needed = selected.union(*(word.scripts[name].upstream for name in selected))
    steps = {word.scripts[name].op_name for name in needed}
    is_known = asked.step in {word.scripts[name].op_name for name in selected}
    return frozenset(needed) if is_known and asked.config <= steps else frozenset()


def _built(
    owner: Platform,
    layout: Layout,
    resources: Mapping[str, Any],
    word: Word,
    needed: frozenset[str],
) -> Built | None:
    project = _compiled(owner, layout, (word.scripts[name].manifest for name in needed))
    if project is None or {script.name for script in project.scripts} != needed:
        return None
    emission = _emitted(project, owner, layout, word)
    steps = steps_of(emission, resources, Inquiry(False))
    if emission.found or steps.found or not _agree(emission, steps.assets, word):
        return None
    schedules = schedules_of(steps.scheduled, owner.status)
    sensors = automation_sensors(steps.assets, owner.status, sensor_name(layout.defs))
    return Built(steps.assets, schedules, sensors)


def _compiled(owner: Platform, layout: Layout, manifests: Iterable[str]) -> Project | None:
    """Without the checks across manifests, which the run's process has already done."""
    only = frozenset(manifests)
    sources = read_sources(layout.root, layout.defs, layout.ignore, hints=False, only=only)
    compilation = compile_sources(sources, owner.contract, ())
    return None if compilation.has_errors else compilation.project


def _emitted(project: Project, owner: Platform, layout: Layout, word: Word) -> Emission:
    names = {script.name: word.scripts[script.name].default_op_name for script in project.scripts}
    keys = KeyTable(dict(word.renamed()))
    return emission_of(
        project, owner.classes, layout.root, owner.catalog, keys, Inquiry(False), names=names
    )


def _agree(
    emission: Emission, assets: Iterable[dg.AssetsDefinition | dg.AssetSpec], word: Word
) -> bool:
    """Whether steps, keys and upstream scripts are those of the whole project."""
    here = word_of(emission, step_names(assets), word.makers)
    return all(word.scripts[name] == script for name, script in here.scripts.items())

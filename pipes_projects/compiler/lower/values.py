"""Merged data → values of their models; problems are reported where they were written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

from pydantic import ValidationError

from pipes_projects.codes import Code
from pipes_projects.compiler.lower.inheritance.layering import Layering
from pipes_projects.compiler.lower.inheritance.layers import Origins, anchored, merged
from pipes_projects.compiler.lower.launch import WantedFolder, unexpanded_values, wanted_folders
from pipes_projects.compiler.lower.parameters import reference_problems
from pipes_projects.compiler.lower.policies import policy_problems, words_at_fault
from pipes_projects.diagnostics import Correction, Diagnostic, Related
from pipes_projects.manifest.contract import Kind
from pipes_projects.manifest.forms import FIELDS
from pipes_projects.manifest.model.problems import Problem, missing_key, model_problems
from pipes_projects.manifest.model.shapes import Shape
from pipes_projects.manifest.params import Param
from pipes_projects.manifest.script import ProcessFields, ScriptFields
from pipes_projects.source import Location

T = TypeVar("T")
_NOTHING: Mapping[str, Any] = {}
"""One for all of the many scripts without options or added fields."""


class Part(NamedTuple, Generic[T]):
    """A part of a script, and what is wrong with it."""

    value: T
    diagnostics: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True)
class TypedValues:
    """The values of one script, from its manifest and what that inherits."""

    layering: Layering

    def typed(
        self, model: type[Any], data: Mapping[str, Any], origin: Origins, whole: bool = True
    ) -> Part[Any]:
        """The merged fields as their model; what is missing after merging is reported only if
        nothing else is wrong."""
        known = only(data, FIELDS[model])
        taken_back = (FIELDS[ProcessFields] & FIELDS[model]) - known.keys() if whole else ()
        known |= {name: None for name in taken_back if origin.says(name)}
        problems = (
            [problem for problem in policy_problems(known) if not self._follows(problem)]
            if whole
            else []
        )
        try:
            typed = model.model_validate(known)
        except ValidationError:
            problems += model_problems(model, known)
        if not problems:
            return Part(typed)
        broken = {problem.path[0] for problem in problems}
        valid = model.model_validate({k: v for k, v in known.items() if k not in broken})
        return Part(valid, tuple(self._findings(problems, origin)))

    def _follows(self, problem: Problem) -> bool:
        """Whether the problem is about a parameter that may be among the invalid ones."""
        return problem.code == Code.UNKNOWN_PARAM and self.is_broken("params")

    def is_broken(self, *fields: str) -> bool:
        """Whether any of these fields is not understood, here or where it is inherited from."""
        return any(manifest.broken.intersection(fields) for manifest in self.layering.chain)

    def params(self, fields: ScriptFields) -> Mapping[str, Param | None] | None:
        """The parameters of the script; None where some are invalid."""
        if fields.params is None and (self.is_broken("params") or self._has_params):
            return None
        return fields.params or {}

    @property
    def _has_params(self) -> bool:
        layers = self.layering.taken
        is_said = any("params" in layer.data for layer in layers)
        return is_said and bool(merged(layers).get("params"))

    def _findings(
        self, problems: Iterable[Problem], origin: Origins, *prefix: str
    ) -> Iterator[Diagnostic]:
        """Problems with merged values, each where the value comes from."""
        for problem in problems:
            path = (*prefix, *problem.path)
            if problem.code == Code.MISSING_KEY:
                yield from self._missing(path, origin, problem.help)
            else:
                document = self.layering.manifest.document
                place, related = words_at_fault(problem, path, origin, document)
                code, message, right = Code(problem.code), problem.message, problem.right
                correction = Correction(origin.value(*path), right) if right else None
                yield Diagnostic(code, message, place, problem.help, related, correction=correction)

    def _missing(
        self, path: tuple[str | int, ...], origin: Origins, help_: str | None
    ) -> Iterator[Diagnostic]:
        """What neither the manifest nor its defaults give, unless a finding explains why."""
        broken = any(path[0] in manifest.broken for manifest in self.layering.chain)
        if broken or origin.is_refused(*path):
            return
        taken_back = origin.says(*path)
        above = () if taken_back else self.layering.inherited.manifests
        yield Diagnostic(
            Code.MISSING_KEY,
            missing_key(path).message,
            origin.nearest(*path) if taken_back else origin.nearest(*path[:-1]),
            help_ or "write it here, or for a whole folder in a `_defaults.yaml`",
            tuple(
                Related(Location(defaults.path), "these defaults do not give it either")
                for defaults in above
            ),
        )

    def options(
        self,
        kind: Kind | None,
        data: Mapping[str, Any],
        origin: Origins,
        params: Mapping[str, Param | None] | None,
    ) -> Part[Mapping[str, Any]]:
        """The options of the kind, as its owner's model; empty where they are invalid."""
        if kind is None or kind.options is None or kind.name in self.layering.manifest.broken:
            return Part(_NOTHING)
        options = data.get(kind.name, {})
        if not options and not kind.options.required:
            return Part(_NOTHING)
        problems = list(kind.options.problems(options))
        if params is not None:
            named = reference_problems(kind.options, options, params)
            problems += [problem for problem in named if not self._follows(problem)]
        found = tuple(self._findings(problems, origin, kind.name))
        found = found or tuple(unexpanded_values(kind, options, origin))
        return Part(anchored(kind.options, options, origin, kind.name), found)

    def folders(self, data: Mapping[str, Any], origin: Origins) -> Iterator[WantedFolder]:
        """The folders that the options name."""
        kind = self.layering.kind
        if kind and kind.name not in self.layering.manifest.broken:
            yield from wanted_folders(kind, data.get(kind.name, {}), origin)

    def added(
        self, shape: Shape | None, data: Mapping[str, Any], origin: Origins
    ) -> Part[Mapping[str, Any]]:
        """The values of fields that an owner added, as their model."""
        if shape is None or not shape.names:
            return Part(_NOTHING)
        added, broken = only(data, shape.names), self.layering.manifest.broken
        missing = (problem for problem in shape.problems(added) if problem.code == Code.MISSING_KEY)
        found = self._findings(
            (problem for problem in missing if problem.path[0] not in broken), origin
        )
        return Part(anchored(shape, added, origin), tuple(found))


def only(data: Mapping[str, Any], names: frozenset[str]) -> dict[str, Any]:
    """The data with only these names."""
    return {name: value for name, value in data.items() if name in names}

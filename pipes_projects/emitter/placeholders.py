"""What stands in the graph for assets in quarantine, and for those that nobody declares."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from collections.abc import Iterator, Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from re import sub
from typing import Any, Final

import dagster as dg

from pipes_projects.compiler import Compilation
from pipes_projects.compiler.names import is_group
from pipes_projects.compiler.quarantine import Isolation, Placeholder
from pipes_projects.emitter.catalog import Catalog
from pipes_projects.emitter.description import fenced
from pipes_projects.emitter.emission import key_of
from pipes_projects.emitter.keys import KeyTable
from pipes_projects.emitter.script import PipesScript
from pipes_projects.project import Dependency
from pipes_projects.render.text import render_findings

TAG: Final = "pipes_projects/quarantine"
_HEAD = (
    "# 🟥 In quarantine\n\nThis asset cannot be made: its manifest has errors. What was made before"
    " stays as it is, and nothing else is held up by it."
)
_MISSING = (
    "# 🟥 Missing\n\nNo manifest declares `{key}`, and yet something depends on it: {names}."
    " Perhaps it is declared by a manifest that cannot be read."
)


def declare(
    isolation: Isolation,
    keys: KeyTable,
    classes: Mapping[str, type[PipesScript]],
    catalog: Catalog,
    root: Path,
) -> None:
    """What each placeholder is called in Dagster, as far as its owner's class can say."""
    for it in isolation.placeholders.values():
        if it.declared and (cls := classes.get(it.declared[0].kind)):
            script, asset = it.declared
            with suppress(Exception):  # what is wrong with the manifest may be just this
                keys.declare(it.key, key_of(cls(script, root, "", keys, catalog), asset))


class Placeholders:
    """Placeholders and stubs, by Dagster's keys; no key twice."""

    def __init__(
        self,
        isolation: Isolation,
        compilation: Compilation,
        keys: KeyTable,
        catalog: Catalog,
        root: Path,
    ) -> None:
        self.isolation, self.compilation = isolation, compilation
        self.keys, self.catalog, self.root = keys, catalog, root

    def assets(self) -> Iterator[dg.AssetsDefinition | dg.AssetSpec]:
        """Everything that stands for something else."""
        taken = {self.keys.resolve(it.key) for it in self.isolation.project.assets()}
        for placeholder in self.isolation.placeholders.values():
            key = self.keys.resolve(placeholder.key)
            if key not in taken:
                taken.add(key)
                yield self._placeholder(key, placeholder)
        for name in sorted(self.isolation.missing):
            key = self.keys.resolve(name)
            if key not in taken:
                taken.add(key)
                yield self._stub(key, name)

    def _placeholder(self, key: dg.AssetKey, it: Placeholder) -> dg.AssetsDefinition:
        findings = render_findings(self.compilation, it.diagnostics)
        spec = dg.AssetSpec(
            key,
            deps=[self._dep(dep.key) for dep in it.deps if dep.key != it.key],
            description=f"{_HEAD}\n\n{fenced(findings, '')}",
            group_name=it.group,
            owners=it.declared[1].fields.owners or [] if it.declared else [],
            kinds={"quarantine"},
            tags={TAG: "true"},
            partitions_def=self._partitions(it),
            metadata={"dagster/code_references": self._reference(it)},
        )
        return _refusing(spec, f"in quarantine: the manifest has errors\n\n{findings}")

    def _dep(self, name: str) -> dg.AssetDep:
        """Whatever the partitions are: nothing is ever made along this edge."""
        return dg.AssetDep(self.keys.resolve(name), partition_mapping=dg.AllPartitionMapping())

    def _partitions(self, it: Placeholder) -> dg.PartitionsDefinition | None:
        name = it.declared[0].fields.partitions_def if it.declared else None
        return self.catalog.partitions_defs.get(name or "")

    def _reference(self, it: Placeholder) -> dg.CodeReferencesMetadataValue:
        line = it.diagnostics[0].location.span.start.line + 1
        place = dg.LocalFileCodeReference(file_path=str(self.root / it.path), line_number=line)
        return dg.CodeReferencesMetadataValue(code_references=[place])

    def _deps(self) -> Iterator[tuple[str, tuple[Dependency, ...]]]:
        yield from ((it.key, it.deps) for it in self.isolation.project.assets())
        yield from ((it.key, it.deps) for it in self.isolation.placeholders.values())

    def _stub(self, key: dg.AssetKey, name: str) -> dg.AssetSpec:
        waiting = sorted(key for key, deps in self._deps() if name in {dep.key for dep in deps})
        group = name.partition("/")[0]
        return dg.AssetSpec(
            key,
            description=_MISSING.format(key=name, names=", ".join(f"`{it}`" for it in waiting)),
            group_name=group if is_group(group) else None,
            kinds={"missing"},
            tags={TAG: "missing"},
        )


def _refusing(spec: dg.AssetSpec, text: str) -> dg.AssetsDefinition:
    """An asset whose step fails with a text."""

    def refuse(_context: dg.AssetExecutionContext, _inputs: Any) -> None:
        raise dg.Failure(text, allow_retries=False)

    upstream = {f"upstream_{n}": dep.asset_key for n, dep in enumerate(spec.deps)}
    name = "__".join(spec.key.parts)
    op = dg.OpDefinition(
        refuse,
        f"quarantine__{sub('[^A-Za-z0-9_]', '_', name)}_{sha256(name.encode()).hexdigest()[:8]}",
        ins={name: dg.In(dg.Nothing) for name in upstream},
        outs={"asset": dg.Out(dg.Nothing)},
    )
    return dg.AssetsDefinition(
        node_def=op,
        keys_by_input_name=upstream,
        keys_by_output_name={"asset": spec.key},
        specs=[spec],
    )

"""A script that Dagster can run: what the platform owner subclasses for each kind."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

import os
from collections.abc import Mapping
from copy import copy
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Self

import dagster as dg
from pydantic import BaseModel

from pipes_projects.analysis.code_version.parts import CodeReader, CoveredCode, Given
from pipes_projects.analysis.script_text import ScriptText, read_script
from pipes_projects.emitter.kinds import runner
from pipes_projects.emitter.owner.description import shown_script
from pipes_projects.emitter.owner.hooks import entries
from pipes_projects.emitter.owner.key_table import KeyTable
from pipes_projects.emitter.owner.published.catalog import Catalog
from pipes_projects.emitter.owner.views import PipesAssetManifest, PipesScriptManifest
from pipes_projects.emitter.steps.launched import values
from pipes_projects.emitter.steps.pipes_context import ManifestInjector, Selection, Told
from pipes_projects.emitter.steps.upstream import Upstream, upstream_of
from pipes_projects.kinds import Launch, registered_kind
from pipes_projects.manifest.asset import AssetFields
from pipes_projects.manifest.params import Param, declared
from pipes_projects.manifest.script import ScriptFields
from pipes_projects.manifest.values.deployment import LOCAL, TOLD_AS
from pipes_projects.manifest.values.references import filled
from pipes_projects.project import Script
from pipes_projects.running.foreseeing import refuse_missing


class PipesScript:
    """One script with its assets. `invoke()` runs it; the classmethods say what describes it."""

    def __init__(
        self, model: Script, root: Path, op_name: str, keys: KeyTable, catalog: Catalog
    ) -> None:
        self.model = model
        """What the compiler made of the manifest."""
        self.root = root
        """The project's folder."""
        self.default_op_name = op_name
        self.project_keys = keys
        self._launched: Mapping[str, Any] | None = None
        self.catalog = catalog
        """What the platform owner publishes by name."""

    @cached_property
    def manifest(self) -> Any:
        """The script as its manifest describes it."""
        return self.script_manifest_class()(self)

    @cached_property
    def assets(self) -> list[Any]:
        """The assets as their manifest describes them."""
        return [self.asset_manifest_class()(self, asset) for asset in self.model.assets]

    @classmethod
    def script_manifest_class(cls) -> type[Any]:
        """The view of a script: a subclass of `PipesScriptManifest`."""
        return PipesScriptManifest

    @classmethod
    def asset_manifest_class(cls) -> type[Any]:
        """The view of an asset: a subclass of `PipesAssetManifest`."""
        return PipesAssetManifest

    @classmethod
    def script_fields(cls) -> type[BaseModel]:
        """`ScriptFields`, or a subclass with fields of your own."""
        return ScriptFields

    @classmethod
    def asset_fields(cls) -> type[BaseModel]:
        """`AssetFields`, or a subclass with fields of your own."""
        return AssetFields

    @classmethod
    def options(cls) -> type[BaseModel] | None:
        """A model of the block named after the kind; None for what the kind comes with."""
        return None

    @classmethod
    def script_endings(cls) -> tuple[str, ...] | None:
        """The endings of scripts that this kind runs; None for any, or what the kind comes with."""
        return None

    @classmethod
    def takes_script(cls) -> bool:
        """Whether there is a script at all."""
        return True

    @property
    def name(self) -> str:
        """The script's path below `defs/`, without its ending."""
        return self.model.name

    @property
    def kind(self) -> str:
        """The kind that the manifest names."""
        return self.model.kind

    @property
    def path(self) -> Path | None:
        """The script's file; None for a kind without a script file."""
        return self.root / self.model.path if self.model.path else None

    @property
    def script_path(self) -> str:
        """The absolute path of the script's file."""
        if self.model.path is None:
            raise ValueError(f"a script of kind {self.kind!r} has no file")
        return os.path.join(self.root, self.model.path)

    @property
    def kind_options(self) -> Any:
        """The block of the script's kind: an instance of `options()`, or of the kind's model."""
        return self._options

    @cached_property
    def _options(self) -> Any:
        from json import dumps

        kind = registered_kind(self.kind)
        model = self.options() or (kind.options.model if kind and kind.options else None)
        return model.model_validate_json(dumps(dict(self.model.options))) if model else None

    @cached_property
    def _text(self) -> ScriptText | None:
        """What is known about its content, under a deployment as it was shipped."""
        here, shipped, path = self._here(), self.catalog.shipped, self.model.path
        return shipped.text(path, here) if shipped and here and path else here

    def _here(self) -> ScriptText | None:
        """The script in the project's folder."""
        return read_script(self.root, self.model.path) if self.model.path else None

    @property
    def source(self) -> str | None:
        """The script's whole text, under a deployment as it was shipped; None if it is not text."""
        here, shipped = self._here(), self.catalog.shipped
        other = shipped.source(self.model.path or "", here) if shipped and here else None
        if other is not None:
            return other
        if self._text is None or self._text.text is None or not self._text.more_lines:
            return self._text.text if self._text else None
        return Path(self.script_path).read_text("utf-8-sig")

    @property
    def shown_source(self) -> str | None:
        """The script's first lines in a fence, or all of them."""
        text, path, shipped = self._text, self.model.path, self.catalog.shipped
        if text is None or path is None:
            return None
        if text.text:
            return shown_script(text.text, path, text.more_lines)
        here = self._here()
        return shipped.unseen(path, here) if shipped and here else None

    @cached_property
    def _code_reader(self) -> CodeReader:
        """Reads what the script imports; all scripts share one while a project is loaded."""
        return CodeReader(self.root)

    @cached_property
    def code(self) -> CoveredCode:
        """What the code version covers."""
        manifest = self.manifest
        params = {name: getattr(param, "default", None) for name, param in manifest.params.items()}
        given = Given(manifest.extras, params, entries("code_paths", manifest.code_paths))
        code, shipped = self._code_reader.code(self.model, self._text, given), self.catalog.shipped
        return shipped.code(self.model, code) if shipped else code

    @property
    def content_hash(self) -> str | None:
        """SHA-256 of the script's content, in hexadecimal; None if there is no script."""
        return self._text.hash if self._text else None

    def forget(self, only_code: bool = False) -> None:
        """Drops what can be made again, which thousands of scripts need not keep in memory."""
        of_code = ("_text", "code", "_code_reader")
        for name in of_code if only_code else (*of_code, "manifest", "assets"):
            self.__dict__.pop(name, None)

    def invoke(self, context: dg.AssetExecutionContext) -> Any:
        """Run the script. Parameters after `context` are resources, by name.

        May return nothing (all selected assets are then made), results, an iterator of results,
        or what a Pipes client's `run` returned. Raise to fail the step.
        """
        run = runner(self.kind)
        if run is None:
            why = f"`{type(self).__name__}` runs kind `{self.kind}`: it must define `invoke()`"
            raise dg.DagsterInvalidDefinitionError(why)
        return run(self, context)

    def launch(self) -> Launch:
        """The process that runs the script, for kinds that run as a process."""
        kind = registered_kind(self.kind)
        if kind is None or kind.launch is None:
            message = f"a script of kind `{self.kind}` is not a process"
            raise dg.DagsterInvalidDefinitionError(message)
        refuse_missing(kind)
        start, options = kind.launch, filled(self.kind_options, self.params, self.deployment)
        file, shipped = Path(self.script_path), self.catalog.shipped
        if shipped is None:
            return start(file, options, self.root)
        return shipped.launch(self.model, file, lambda copy: start(copy, options, self.root))

    @property
    def script_location(self) -> str:
        """Where the script's runtime finds it: where its deployer published it, or the absolute
        path of its file. Raises `Failure` if it was not shipped."""
        return self.published_location or self.script_path

    @property
    def published_location(self) -> str | None:
        """The same, but None without a deployment."""
        shipped = self.catalog.shipped
        return shipped.location(self.model.path or "") if shipped else None

    @property
    def code_place(self) -> tuple[Path, Path]:
        """The file that is run, and the folder in which it has its path in the project."""
        path, shipped = self.model.path or self.name, self.catalog.shipped
        return shipped.place(path, self.root) if shipped else (self.root / path, self.root)

    @property
    def deployment(self) -> Mapping[str, Any]:
        """The deployment: `name`, `slug`, `branch`, `is_production` and `version`."""
        return self.catalog.shipped.told if self.catalog.shipped else LOCAL

    @property
    def params(self) -> Mapping[str, Any]:
        """The values of the script's parameters: those set at launch, or else the defaults."""
        if self._launched is not None:
            return self._launched
        return {name: param.default for name, param in self.declared_params().items()}

    def declared_params(self) -> Mapping[str, Param]:
        """The parameters of the script's view; raises ValueError for any that is not one."""
        return declared(self.manifest.params, self.model.fields.params)

    def launched(self, config: Mapping[str, Any]) -> Self:
        """The script with the parameters of a run; raises `Failure` for values they cannot have."""
        if not config:
            return self
        script = copy(self)
        script.forget()  # its views see its own parameters
        script._launched = values(script.declared_params(), config)
        return script

    def secret(self, name: str) -> str | None:
        """The value of a secret, by the name that the project's `secret()` knows it by."""
        return self.catalog.secret(name)

    def connection(self, name: str) -> Any:
        """What the project's `connections()` returned for a name; raises KeyError if nothing."""
        return self.catalog.connections[name]

    def context_injector(
        self, context: dg.AssetExecutionContext, inner: dg.PipesContextInjector | None = None
    ) -> dg.PipesContextInjector:
        """For a Pipes client of your own: it passes the script the keys of its manifest, its
        partitions and its selected checks.

        `inner` is the injector that your client would use; by default one for temporary files.
        """
        told = partial(self.told, context)
        return ManifestInjector(told, inner or dg.PipesTempFileContextInjector())

    def told(self, context: dg.AssetExecutionContext, data: Mapping[str, Any]) -> dict[str, Any]:
        """What Dagster would tell the script about a run → what it is told."""
        # A script that honours a selection is not asked for what is in quarantine.
        apart = () if self.manifest.can_subset else sorted(self.model.apart)
        asked_about = upstream_of(self.model.assets, self.project_keys.resolve, context)
        upstream = Upstream(context, dict(asked_about))
        told = {TOLD_AS: dict(self.deployment), **self.params}
        return Told(self.manifest_keys(), apart, Selection(context), told, upstream).of(data)

    def manifest_keys(self) -> Mapping[str, dg.AssetKey]:
        """The script's assets: what its manifest calls them, and their keys in Dagster."""
        names = (asset.key for asset in self.model.assets)
        return {name: self.project_keys.resolve(name) for name in names}

    def keys_apart(self) -> Mapping[str, dg.AssetKey]:
        """Assets that the script also makes, but that are in quarantine."""
        return {name: self.project_keys.resolve(name) for name in sorted(self.model.apart)}


def read_by(script: PipesScript, reader: CodeReader) -> None:
    """Let a reader that other scripts share say what a script imports."""
    script._code_reader = reader

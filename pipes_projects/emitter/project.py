"""`PipesProject`: what a platform owner's `definitions.py` calls, and overrides."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

import logging
import sys
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from pathlib import Path
from typing import Any

import dagster as dg

from pipes_projects.compiler import Compilation, compile_project
from pipes_projects.compiler.checks import CHECKS, script_cycle
from pipes_projects.diagnostics import in_order
from pipes_projects.emitter import collector
from pipes_projects.emitter.emission import Emission
from pipes_projects.emitter.errors import InvalidProjectError
from pipes_projects.emitter.overrides import has_overrides
from pipes_projects.emitter.published import contract_of
from pipes_projects.emitter.script import PipesScript
from pipes_projects.layout import Layout, LayoutError, find_layout, named_layout
from pipes_projects.manifest.contract import Contract
from pipes_projects.render.text import render_text
from pipes_projects.schema.contract import ContractError, extension_at
from pipes_projects.schema.publishing import extension, undescribed

AssetsOrSpec = dg.AssetsDefinition | dg.AssetSpec
log = logging.getLogger("pipes_projects")

Recorded = list[tuple[type["PipesProject"], Layout]]
_RECORDED: ContextVar[Recorded | None] = ContextVar("_RECORDED", default=None)


class PipesProject:
    """All scripts below `defs/`. Subclass it to publish kinds and more to their authors."""

    @classmethod
    def make_defs(
        cls,
        *,
        defs_path: str | Path | None = None,
        resources: Mapping[str, Any] | None = None,
    ) -> dg.Definitions:
        """Compile `defs/` into Dagster's definitions.

        Args:
            defs_path: The folder with the groups; by default `defs` beside the calling file, or
                where `[tool.pipes-projects]` in `pyproject.toml` says.
            resources: Given to `invoke()` by parameter name.

        Returns:
            A plain `Definitions`, which `Definitions.merge` takes.

        Raises:
            InvalidProjectError: The manifests have errors; it carries all of them.
            LayoutError: There is no such folder, or `pyproject.toml` cannot be read.
        """
        layout = _layout(defs_path)
        recorded = _RECORDED.get()
        if recorded is not None:
            recorded.append((cls, layout))
            return dg.Definitions(resources=resources)
        with collector.paused(), _beta_features_meant():
            assets = cls._assets(layout, resources or {})
        collector.keep(len(assets))
        return _definitions(assets, resources)

    @classmethod
    def script_kind_map(cls) -> dict[str, type[PipesScript]]:
        """The class for each kind that a manifest may name."""
        return {"subprocess": PipesScript, "external": PipesScript}

    @classmethod
    def asset_keys(cls) -> Iterable[str | dg.AssetKey]:
        """Assets that Python definitions of this location make: known to `deps`, never emitted."""
        return ()

    @classmethod
    def contract(cls) -> Contract:
        """What manifests of this project may refer to."""
        return contract_of(cls.script_kind_map(), cls.asset_keys())

    @classmethod
    def _assets(cls, layout: Layout, resources: Mapping[str, Any]) -> list[AssetsOrSpec]:
        contract = cls.contract()
        _warn_if_stale(layout, contract)
        classes = cls.script_kind_map()
        checks = CHECKS
        if any(map(has_overrides, classes.values())):  # whose steps can be split is theirs to say
            checks = tuple(check for check in CHECKS if check is not script_cycle)
        compiled = compile_project(layout.root, contract, layout.defs, checks)
        compilation = _without_errors(compiled)
        emission = Emission(compilation.project, classes, layout.root, resources)
        assets = emission.assets()
        found = in_order((*compilation.diagnostics, *emission.found))
        compilation = _without_errors(replace(compilation, diagnostics=found))
        if found:
            log.warning(render_text(compilation))
        return assets


def _definitions(assets: list[AssetsOrSpec], resources: Mapping[str, Any] | None) -> dg.Definitions:
    """Dagster keeps the variables of the function that first calls this: here are few."""
    return dg.Definitions(assets=assets, resources=resources)


def _without_errors(compilation: Compilation) -> Compilation:
    if compilation.has_errors:
        raise InvalidProjectError(compilation)
    return compilation


def _layout(defs_path: str | Path | None) -> Layout:
    here = _calling_file().parent
    if defs_path is None:
        return find_layout(here)
    path = (here / defs_path).resolve()
    if not path.is_dir():
        raise LayoutError(f"defs_path: there is no folder {path}")
    return named_layout(path) or Layout(path.parent, path.name)


def _calling_file() -> Path:
    """The file of the first frame that is not this package's."""
    frame = sys._getframe(1)
    ours = __name__.partition(".")[0]
    while frame.f_back and frame.f_globals.get("__name__", "").partition(".")[0] == ours:
        frame = frame.f_back
    file = frame.f_globals.get("__file__")
    return Path(file).resolve() if file else Path.cwd() / "definitions.py"


def _warn_if_stale(layout: Layout, contract: Contract) -> None:
    """Only what a check depends on is compared: `schema --check` compares all of it."""
    if not layout.contract.exists():
        return
    try:
        written = extension_at(layout.contract)
    except ContractError:
        written = None
    if written is None or undescribed(written) != undescribed(extension(contract)):
        log.warning(
            "%s differs from the classes of this project: editors and CI will not know what is"
            " new until you run `pipes-projects schema`",
            layout.contract,
        )


@contextmanager
def recording() -> Iterator[Recorded]:
    """While this lasts, `make_defs()` compiles nothing and only says who was called for what."""
    calls: Recorded = []
    token = _RECORDED.set(calls)
    try:
        yield calls
    finally:
        _RECORDED.reset(token)


@contextmanager
def _beta_features_meant() -> Iterator[None]:
    """Code references are beta in Dagster; whoever sees a warning could do nothing about it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", dg.BetaWarning)
        yield

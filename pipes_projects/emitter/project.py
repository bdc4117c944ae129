"""`PipesProject`: what a platform owner's `definitions.py` calls, and overrides."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

import logging
import os
import sys
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, NamedTuple

import dagster as dg

from pipes_projects.emitter.loading import garbage_collection
from pipes_projects.emitter.loading.build import Built, Platform, build
from pipes_projects.emitter.loading.step_start.part import StepStart
from pipes_projects.emitter.owner.hooks import answer, instance_of
from pipes_projects.emitter.owner.published.catalog import (
    AUTOMATION_CONDITIONS,
    PARTITION_MAPPINGS,
    Catalog,
)
from pipes_projects.emitter.owner.published.contract import (
    a_catalog,
    catalog_of,
    contract_of,
    kind_map,
    published,
)
from pipes_projects.emitter.owner.published.written import warn_of, with_missing_kinds
from pipes_projects.emitter.owner.script import PipesScript
from pipes_projects.kinds import registered_kinds
from pipes_projects.layout import Layout, LayoutError, find_layout, layout_of
from pipes_projects.manifest.contract import Contract

log = logging.getLogger("pipes_projects")

DEPLOYMENT = "PIPES_PROJECTS_DEPLOYMENT"
"""The variable that names the deployment whose scripts are run."""


class Call(NamedTuple):
    """A call of `make_defs()`."""

    project: type["PipesProject"]
    layout: Layout
    deployment: str | None
    is_deployed: bool
    """Whether scripts are run as a deployment has shipped them."""


_RECORDED: ContextVar[list[Call] | None] = ContextVar("_RECORDED", default=None)


class PipesProject:
    """All scripts below `defs/`. Subclass it to publish kinds and more to their authors."""

    @classmethod
    def make_defs(
        cls,
        *,
        defs_path: str | Path | None = None,
        resources: Mapping[str, Any] | None = None,
        executor: dg.ExecutorDefinition | dg.Executor | None = None,
        on_error: Literal["raise", "quarantine"] = "raise",
        deployment: str | None = None,
        deploy_on_load: bool = False,
    ) -> dg.Definitions:
        """Compile `defs/` into Dagster's definitions.

        Args:
            defs_path: The folder with the groups; by default `defs` beside the calling file, or the
                one that `[tool.pipes-projects]` in `pyproject.toml` names.
            resources: Given to `invoke()` by parameter name.
            executor: What starts the steps of all runs, schedules and backfills included; by
                default Dagster's own, with a process on this machine for each step.
            on_error: What to do about manifests with errors. `"raise"` raises for all of them;
                `"quarantine"` replaces them with placeholders, which say what is wrong and fail
                when they are run, and loads all others.
            deployment: The deployer in `deploy.py` that has shipped the scripts to be run; by
                default the one that the variable `PIPES_PROJECTS_DEPLOYMENT` names, if any.
            deploy_on_load: Whether a code server ships the branch when it loads. Without a
                `deployment` it is the only one.

        Returns:
            A plain `Definitions`, which `Definitions.merge` takes.

        Raises:
            InvalidProjectError: The manifests have errors; it carries all of them. In
                quarantine, only if nothing could be taken out. Or, without any, the branch is not
                deployed, or that cannot be read.
            LostAssetsError: In a step's process: since its run started, the project has changed.
            OwnerError: A method of this class, or of one that it names, failed or returned
                something wrong.
            LayoutError: There is no such folder, or `pyproject.toml` cannot be read.
        """
        if on_error not in ("raise", "quarantine"):
            raise ValueError(f'on_error is "raise" or "quarantine", not {on_error!r}')
        layout = _layout(defs_path)
        name = deployment or os.environ.get(DEPLOYMENT)
        recorded = _RECORDED.get()
        if recorded is not None:
            recorded.append(Call(cls, layout, name, bool(name or deploy_on_load)))
            return dg.Definitions(resources=resources, executor=executor)
        with garbage_collection.paused(), beta_features_meant():
            owner = cls._owner()
            warn_of(owner.contract, layout)
            owner = replace(owner, contract=with_missing_kinds(owner.contract, layout))
            if name or deploy_on_load:
                owner = deployed(owner, layout, name, deploy_on_load)
            start = StepStart(cls, layout, _calling_file())
            built = start.part(owner, resources or {}) if cls._is_as_made_here() else None
            built = built or build(owner, layout, resources or {}, on_error)
            start.refuse_lost(built, owner, resources or {})
            start.leave(built)
            garbage_collection.keep(len(built.assets))
        return _definitions(replace(built, whole=None), resources, executor)

    @classmethod
    def script_kind_map(cls) -> dict[str, type[PipesScript]]:
        """The class for each kind that a manifest may name; by default, those in packages."""
        return dict.fromkeys(registered_kinds(), PipesScript)

    @classmethod
    def asset_keys(cls) -> Iterable[str | dg.AssetKey]:
        """Assets that Python definitions of this location make: known to `deps`, never emitted."""
        return ()

    @classmethod
    def partitions_defs(cls) -> dict[str, dg.PartitionsDefinition]:
        """The partitions definitions that manifests may name."""
        return {}

    @classmethod
    def partition_mappings(cls) -> dict[str, dg.PartitionMapping]:
        """The partition mappings that dependencies may name."""
        return {**PARTITION_MAPPINGS}

    @classmethod
    def automation_conditions(cls) -> dict[str, dg.AutomationCondition[Any]]:
        """The automation conditions that assets may name. Their complexity stays in Python."""
        return {**AUTOMATION_CONDITIONS}

    @classmethod
    def pools(cls) -> Iterable[str]:
        """The pools that scripts may name; if empty, authors may use any name."""
        return ()

    @classmethod
    def connections(cls) -> Mapping[str, Any]:
        """The connections that manifests may name: each a URL, a mapping, a Pydantic model or a
        dataclass, which may have Dagster's `EnvVar` in place of any text. Authors see the names."""
        return {}

    @classmethod
    def secret(cls, name: str) -> str | None:
        """The value of a secret that manifests name; None if there is none. It is looked up when a
        script is about to start. By default, a variable of Dagster's own environment."""
        return os.environ.get(name)

    @classmethod
    def script_defaults(cls) -> Mapping[str, Any]:
        """The defaults for scripts whose manifests do not set them: `timeout`, `grace` and
        `inherit_env`, as manifests write them."""
        return {}

    @classmethod
    def catalog_url(cls) -> str | None:
        """Where the page that `pipes-projects catalog` writes is published: each asset's
        description then ends in a link to its place there. None if it is not published."""
        return None

    @classmethod
    def default_status(cls) -> dg.DefaultScheduleStatus:
        """Whether schedules and the automation sensor are on by default."""
        return dg.DefaultScheduleStatus.STOPPED

    @classmethod
    def catalog(cls) -> Catalog:
        """The objects behind the names that manifests may use."""
        return catalog_of(cls)

    @classmethod
    def contract(cls) -> Contract:
        """What manifests of this project may refer to."""
        return contract_of(cls)

    @classmethod
    def _is_as_made_here(cls) -> bool:
        made: Any = cls.make_defs
        return made.__func__ is PipesProject.__dict__["make_defs"].__func__

    @classmethod
    def _owner(cls) -> Platform:
        return Platform(
            kind_map(cls),
            answer(cls, "catalog", a_catalog),
            published(cls),
            answer(cls, "default_status", instance_of(dg.DefaultScheduleStatus)),
        )


def deployed(owner: Platform, layout: Layout, name: str | None, deploy_on_load: bool) -> Platform:
    """With the scripts of a deployment, of which projects without one need not know."""
    from pipes_projects.emitter.loading.deployed.loading import shipped

    found = shipped(owner, layout, name, deploy_on_load)
    return replace(owner, catalog=replace(owner.catalog, shipped=found))


def _definitions(
    built: Built,
    resources: Mapping[str, Any] | None,
    executor: dg.ExecutorDefinition | dg.Executor | None,
) -> dg.Definitions:
    """Dagster keeps the variables of the function that first calls it: here, there are few, and
    none leads to what the definitions were made from."""
    return dg.Definitions(
        assets=built.assets,
        schedules=built.schedules,
        sensors=built.sensors,
        resources=resources,
        executor=executor,
        metadata=built.metadata or None,
    )


def _layout(defs_path: str | Path | None) -> Layout:
    here = _calling_file().parent
    if defs_path is None:
        return find_layout(here)
    path = (here / defs_path).resolve()
    if not path.is_dir():
        raise LayoutError(f"defs_path: there is no folder {path}")
    return layout_of(path)


def _calling_file() -> Path:
    """The file of the first frame outside this package."""
    frame = sys._getframe(1)
    ours = __name__.partition(".")[0]
    while frame.f_back and frame.f_globals.get("__name__", "").partition(".")[0] == ours:
        frame = frame.f_back
    file = frame.f_globals.get("__file__")
    return Path(file).resolve() if file else Path.cwd() / "definitions.py"


@contextmanager
def recording() -> Iterator[list[Call]]:
    """While this lasts, `make_defs()` only notes its class and arguments, and compiles nothing."""
    calls: list[Call] = []
    token = _RECORDED.set(calls)
    try:
        yield calls
    finally:
        _RECORDED.reset(token)


@contextmanager
def beta_features_meant() -> Iterator[None]:
    """Code references, and some of what owners publish, are beta in Dagster: used on purpose."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", dg.BetaWarning)
        yield

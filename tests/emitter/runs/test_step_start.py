"""What a step's process compiles and emits: what its run needs, or everything."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from multiprocessing import current_process
from pathlib import Path
from typing import Any
from unittest.mock import patch

import dagster as dg
import pytest
from dagster._core.definitions.definitions_load_context import (
    DefinitionsLoadContext,
    DefinitionsLoadType,
)
from dagster._core.definitions.reconstruct import ReconstructableJob, ReconstructableRepository
from dagster._core.execution.plan.state import KnownExecutionState
from dagster._core.execution.retries import RetryMode
from dagster._core.executor.multiprocess import MultiprocessExecutorChildProcessCommand
from dagster._serdes import serialize_value

from tests.support.dagster.running import load, stored
from tests.support.folder import Folder

PLAIN = """\
from pipes_projects import PipesProject

defs = PipesProject.make_defs()
"""
SELECTED = ["marts/sales"]


@pytest.fixture
def project(folder: Folder) -> Folder:
    """`marts/sales` is made from `raw/orders`; nothing else has to do with it."""
    folder.write("definitions.py", PLAIN)
    folder.write("defs/_defaults.yaml", "owners: [team:data]\n")
    folder.asset("raw/orders", "deps: [sources/shop]\n")
    folder.asset("marts/sales", "deps: [raw/orders]\nschedule: 0 5 * * *\n")
    folder.asset("marts/other", "schedule: 0 5 * * *\n")
    folder.asset("reports/below", "deps: [marts/sales]\n")
    folder.write("defs/sources/shop.yaml", "kind: external\n")
    return folder


def job_of(folder: Folder, selected: Sequence[str], checks: Sequence[str] = ()) -> Any:
    """Dagster's way to the job of all assets, of which some are selected."""
    file = str(folder.root / "definitions.py")
    repository = ReconstructableRepository.for_file(file, "defs", str(folder.root))
    keys = {dg.AssetKey(key.split("/")) for key in selected}
    names = (check.split(":") for check in checks)
    asked = {dg.AssetCheckKey(dg.AssetKey(key.split("/")), name) for key, name in names}
    job = repository.get_reconstructable_job("__ASSET_JOB")
    return job._replace(
        asset_selection=keys or None, asset_check_selection=asked if checks else None
    )


@contextmanager
def process(**attributes: Any) -> Iterator[None]:
    """As in a process of Dagster's that runs something."""
    context = DefinitionsLoadContext(DefinitionsLoadType.RECONSTRUCTION)
    with (
        DefinitionsLoadContext.scoped(context),
        patch.dict(vars(current_process()), attributes),
    ):
        yield


def made(
    folder: Folder,
    job: ReconstructableJob,
    step: str = "marts__sales",
    config: Mapping[str, Any] | None = None,
    before_the_step: Mapping[str, str] | None = None,
) -> set[str]:
    """The assets that a step's process has, once the process of its run has loaded all."""
    words: dict[str, Any] = {}
    with process(_config=words):
        load(folder.root / "definitions.py")
    for path, text in (before_the_step or {}).items():
        folder.write(path, text)
    command = MultiprocessExecutorChildProcessCommand(
        *(config or {}, None, step, None, None, job),  # type: ignore[arg-type]
        *(RetryMode.DISABLED, KnownExecutionState(), None),
    )
    with process(_config=words, _args=(None, command)):
        return keys_of(load(folder.root / "definitions.py"))


def keys_of(defs: dg.Definitions) -> set[str]:
    keys = {
        key for asset in defs.assets or () for key in getattr(asset, "keys", None) or [asset.key]
    }
    return {key.to_user_string() for key in keys}


NEEDED = {"marts/sales", "raw/orders"}
ALL = {*NEEDED, "marts/other", "reports/below", "sources/shop"}


def test_what_the_run_selects_is_there_and_what_that_is_made_from(project: Folder) -> None:
    assert made(project, job_of(project, SELECTED)) == NEEDED


def test_where_checks_alone_are_selected_their_assets_are_there(project: Folder) -> None:
    project.asset("marts/sales", "deps: [raw/orders]\nchecks: {rows: {}}\n")
    assert made(project, job_of(project, (), ["marts/sales:rows"])) == NEEDED


def test_config_of_steps_that_are_there_is_no_reason_for_more(project: Folder) -> None:
    config = {"ops": {"marts__sales": {"config": {}}, "raw__orders": {"config": {}}}}
    assert made(project, job_of(project, SELECTED), config=config) == NEEDED


@pytest.mark.parametrize(
    "definitions",
    [
        PLAIN + "other = dg.Definitions.merge(defs, dg.Definitions())\n",
        PLAIN + "print(len(defs.assets))\n",
        PLAIN + "names = [it for it in globals()]\n",
        PLAIN.replace("defs =", "defs = dg.Definitions.merge(") + ")\n",
        PLAIN.replace("defs =", "made =") + "defs = dg.Definitions.merge(made)\n",
        PLAIN.replace("defs =", "defs = also ="),
        PLAIN.replace("PipesProject.make", "Project.make"),
    ],
)
def test_where_the_definitions_are_more_than_ours_everything_is_there(
    project: Folder, definitions: str
) -> None:
    owned = "import dagster as dg\n" + definitions.replace(
        "\n\n",
        "\n\n\nclass Project(PipesProject):\n    @classmethod\n"
        "    def make_defs(cls, **how):\n        return super().make_defs(**how)\n\n\n",
        1,
    )
    text = owned if " Project.make" in definitions else "import dagster as dg\n" + definitions
    project.write("definitions.py", text)
    assert made(project, job_of(project, SELECTED)) == ALL


def test_where_make_defs_is_overridden_elsewhere_everything_is_there(
    project: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write(
        "overriding_make_defs.py",
        """
        from pipes_projects import PipesProject

        class Project(PipesProject):
            @classmethod
            def make_defs(cls, **how):
                return super().make_defs(**how)
        """,
    )
    monkeypatch.syspath_prepend(str(project.root))
    text = PLAIN.replace("pipes_projects import", "overriding_make_defs import")
    project.write("definitions.py", text.replace("PipesProject", "Project"))
    assert made(project, job_of(project, SELECTED)) == ALL


def test_a_run_of_no_selection_needs_everything(project: Folder) -> None:
    assert made(project, job_of(project, ())) == ALL


def test_a_selection_of_ops_needs_everything(project: Folder) -> None:
    job = job_of(project, SELECTED)._replace(op_selection={"marts__sales"})
    assert made(project, job) == ALL


@pytest.mark.parametrize("step", ["nothing_of_ours", "raw__orders", "reports__below"])
def test_a_step_that_makes_nothing_selected_needs_everything(project: Folder, step: str) -> None:
    assert made(project, job_of(project, SELECTED), step) == ALL


def test_an_asset_that_nobody_knows_needs_everything(project: Folder) -> None:
    assert made(project, job_of(project, [*SELECTED, "python/asset"])) == ALL


def test_config_of_other_steps_needs_everything(project: Folder) -> None:
    config = {"ops": {"reports__below": {"config": {}}}}
    assert made(project, job_of(project, SELECTED), config=config) == ALL


@pytest.mark.parametrize(
    "manifest",
    [
        "deps: [raw/orders, marts/other]\n",
        "assets: {sales: {deps: [raw/orders]}, more: {}}\ncan_subset: true\n",
    ],
)
def test_a_manifest_that_changed_meanwhile_needs_everything(project: Folder, manifest: str) -> None:
    changed = {"defs/marts/sales.yaml": manifest}
    assert made(project, job_of(project, SELECTED), before_the_step=changed) >= ALL


def test_with_a_manifest_in_quarantine_everything_is_there(project: Folder) -> None:
    project.write("definitions.py", PLAIN.replace("()", '(on_error="quarantine")'))
    project.asset("marts/other", "owner: nobody\n")
    assert made(project, job_of(project, SELECTED)) == ALL


def test_without_word_from_the_process_of_the_run_everything_is_there(project: Folder) -> None:
    with patch("pipes_projects.emitter.loading.step_start.part.leave"):
        assert made(project, job_of(project, SELECTED)) == ALL


def test_any_other_process_has_everything_and_leaves_no_word(project: Folder) -> None:
    words: dict[str, Any] = {}
    context = DefinitionsLoadContext(DefinitionsLoadType.INITIALIZATION)
    with (
        DefinitionsLoadContext.scoped(context),
        patch.dict(vars(current_process()), {"_config": words}),
    ):
        assert keys_of(load(project.root / "definitions.py")) == ALL
    assert words == {}


REPORTING = """
import os
from dagster_pipes import open_dagster_pipes

with open_dagster_pipes() as pipes:
    for key in pipes.asset_keys:
        told = {name: pipes.extras[name] for name in sorted(pipes.extras)}
        metadata = {"told": {"raw_value": told, "type": "json"}}
        pipes.report_asset_materialization(metadata, asset_key=key)
    for key, names in pipes.extras.get("selected_checks", {}).items():
        for name in names:
            pipes.report_asset_check(name, name != "bad", asset_key=key)
"""
RETRIED = """
from pathlib import Path

flag = Path(__file__ + ".tried")
if not flag.exists():
    flag.touch()
    raise SystemExit("not yet")
"""
OWNED = """\
import os
from multiprocessing import parent_process
from pathlib import Path

import dagster as dg
from pipes_projects import PipesAssetManifest, PipesProject, PipesScript


class Asset(PipesAssetManifest):
    @property
    def asset_key(self):
        return dg.AssetKey(["lake", *super().asset_key.parts])


class Script(PipesScript):
    def __init__(self, model, *rest):
        super().__init__(model, *rest)
        if parent_process() is not None:
            with open(Path(__file__).parent / "asked", "a") as file:
                file.write(f"{os.getpid()} {model.name}\\n")

    @classmethod
    def asset_manifest_class(cls):
        return Asset


class Project(PipesProject):
    @classmethod
    def script_kind_map(cls):
        return {**super().script_kind_map(), "subprocess": Script, "external": Script}

    @classmethod
    def partitions_defs(cls):
        return {"daily": dg.DailyPartitionsDefinition("2026-01-01")}


defs = Project.make_defs()
"""


def owned(root: Path, definitions: str) -> Folder:
    folder = Folder(root)
    folder.write("definitions.py", definitions)
    folder.write("defs/raw/shop.yaml", "kind: external\n")
    folder.write("defs/raw/_beside.py", "ROWS = 8\n")
    manifest = "deps: [raw/shop]\nparams: {rows: 8}\ncode_paths: ['../common/*.sql']\n"
    folder.asset("raw/orders", manifest, "import _beside\n" + REPORTING)
    folder.write("defs/common/rows.sql", "SELECT 1")
    folder.asset("raw/late", "retry_policy: {max_retries: 2}\n", RETRIED)
    several = "can_subset: true\nassets:\n  a: {deps: [raw/orders], checks: {good: {}, bad: {}}}\n"
    folder.asset("marts/several", several + "  b: {deps: [raw/late]}\n", REPORTING)
    asking = "deps: [{asset: marts/a, metadata: true}]\npartitions_def: daily\n"
    folder.asset("marts/deep/orders", asking + "checks: {good: {}}\n", REPORTING)
    folder.asset("marts/wide/orders", "key: marts/same_step_name_but_for_the_folder\n")
    for number in range(5):
        folder.asset(f"other/o{number}", "deps: [marts/b]\n")
    return folder


def events_of(
    folder: Folder, instance: dg.DagsterInstance, selected: Sequence[str], **run: Any
) -> dict[str, list[str]]:
    """All events of a run by Dagster's multiprocess executor, by step."""
    keys = [dg.AssetKey(["lake", *name.split("/")]) for name in selected]
    with dg.execute_job(job_of(folder, ()), instance, asset_selection=keys, **run) as result:
        found: dict[str, list[str]] = {}
        for event in instance.all_logs(result.run_id):
            told = event.dagster_event
            if told and told.step_key:
                text = serialize_value(told).replace(result.run_id, "RUN")
                text = text.replace(str(folder.root), "ROOT")
                found.setdefault(told.step_key, []).append(_steady(text))
        return found


def _steady(text: str) -> str:
    """Without process ids, times and places in storage."""
    return re.sub(r"\d+(\.\d+)?(e-\d+)?(ms|s)?", "N", text)


def asked(folder: Folder) -> list[set[str]]:
    """The scripts that each process of a step made."""
    found: dict[str, set[str]] = {}
    for line in (folder.root / "asked").read_text().splitlines():
        process, name = line.split()
        found.setdefault(process, set()).add(name)
    return list(found.values())


RUNS: list[tuple[list[str], dict[str, Any]]] = [
    (
        ["raw/orders", "raw/late", "marts/a"],
        {"run_config": {"ops": {"raw__orders": {"config": {"rows": 3}}}}},
    ),
    (["marts/orders"], {"tags": {"dagster/partition": "2026-01-02"}}),
]


def test_the_events_of_runs_are_those_of_runs_whose_steps_have_everything(tmp_path: Path) -> None:
    """Assets of several, in part, with checks; retries; params; partitions; upstream assets that
    are external, selected and not selected; keys that an owner's class changes."""
    part = owned(tmp_path / "part" / "project", OWNED)
    whole = owned(tmp_path / "whole" / "project", OWNED + "\ndefs = defs\n")
    with stored(tmp_path / "part/home") as one, stored(tmp_path / "whole/home") as other:
        for selected, run in RUNS:
            events = events_of(part, one, selected, **run)
            assert events == events_of(whole, other, selected, **run)
            assert all(any("STEP_SUCCESS" in kind for kind in its) for its in events.values())
    everything = {"raw/shop", "raw/orders", "raw/late", "marts/several", "marts/deep/orders"}
    everything |= {"marts/wide/orders", *(f"other/o{number}" for number in range(5))}
    assert all(keys == everything for keys in asked(whole))
    first = {"raw/shop", "raw/orders", "raw/late", "marts/several"}
    second = {"marts/several", "marts/deep/orders"}
    assert {frozenset(keys) for keys in asked(part)} == {frozenset(first), frozenset(second)}


GONE: list[tuple[str, str, str | None, str]] = [
    ("raise", "deps: [raw/orders]\n", "owner: nobody\n", "`owner` is not a key of this manifest"),
    (
        "quarantine",
        "deps: [raw/orders]\n",
        "owner: nobody\n",
        "`owner` is not a key of this manifest",
    ),
    ("quarantine", "deps: [raw/orders]\n", None, "the project has changed since. Run it again."),
    (
        "raise",
        "deps: [raw/orders]\n",
        "assets: {renamed: {}}\n",
        "marts/sales is no longer made as when this run started",
    ),
    (
        "quarantine",
        "deps: [raw/orders]\nowner: nobody\n",
        "{}\n",
        "marts/sales is no longer made as when this run started",
    ),
]


def failure_of(
    folder: Folder,
    instance: dg.DagsterInstance,
    selected: Sequence[str],
    job: str = "__ASSET_JOB",
) -> str:
    """What Dagster shows of a run that fails."""
    keys = [dg.AssetKey(name.split("/")) for name in selected]
    run = job_of(folder, ())._replace(job_name=job)
    with dg.execute_job(run, instance, asset_selection=keys or None) as result:
        assert not result.success
        return "\n".join(
            str(event.dagster_event.event_specific_data)
            for event in instance.all_logs(result.run_id)
            if event.dagster_event and event.dagster_event.is_failure
        )


def test_what_is_gone_is_named_even_if_other_manifests_have_had_errors_all_along(
    project: Folder,
) -> None:
    project.write("definitions.py", PLAIN.replace("()", '(on_error="quarantine")'))
    project.asset("marts/other", "owner: nobody\n")
    changed = project.root / "defs/marts/sales.yaml"
    unlink = f"from pathlib import Path\n\nPath({str(changed)!r}).unlink()\n"
    project.write("defs/raw/orders.py", unlink)
    with stored(project.root / "home") as instance:
        told = failure_of(project, instance, ["raw/orders", "marts/sales"])
    assert "marts/sales is no longer made as when this run started" in told
    assert "By now, the manifests have errors" in told
    assert "Run it again" not in told


MERGED = """\
import dagster as dg

from pipes_projects import PipesProject

ours = PipesProject.make_defs()
mine = dg.define_asset_job("mine", 'key:"raw/orders"+')
defs = dg.Definitions.merge(ours, dg.Definitions(jobs=[mine]))
"""


@pytest.mark.parametrize("job", ["mine", "__ASSET_JOB"])
def test_what_is_gone_is_told_in_a_run_of_a_whole_job(project: Folder, job: str) -> None:
    project.write("definitions.py", MERGED)
    project.asset("reports/below", "{}\n")
    changed = project.root / "defs/marts/sales.yaml"
    rename = f"from pathlib import Path\n\nPath({str(changed)!r})"
    project.write("defs/raw/orders.py", rename + ".write_text('assets: {renamed: {}}\\n')\n")
    with stored(project.root / "home") as instance:
        told = failure_of(project, instance, (), job)
    assert "marts/sales is no longer made as when this run started" in told
    assert "raw/orders is" not in told


def test_an_asset_that_a_step_makes_too_by_now_is_a_change(project: Folder) -> None:
    changed = project.root / "defs/marts/sales.yaml"
    more = "assets: {sales: {deps: [raw/orders]}, more: {}}\\n"
    text = f"from pathlib import Path\n\nPath({str(changed)!r}).write_text('{more}')\n"
    project.write("defs/raw/orders.py", text)
    with stored(project.root / "home") as instance:
        told = failure_of(project, instance, ["raw/orders", "marts/sales"])
    assert "marts/sales is no longer made as when this run started" in told


@pytest.mark.parametrize(("on_error", "before", "after", "words"), GONE)
def test_what_is_gone_since_a_run_started_is_told(
    project: Folder, on_error: str, before: str, after: str | None, words: str
) -> None:
    """The first step changes the manifest of the second."""
    project.write("definitions.py", PLAIN.replace("()", f'(on_error="{on_error}")'))
    project.asset("marts/sales", before)
    project.asset("reports/below", "{}\n")
    manifest = project.root / "defs/marts/sales.yaml"
    change = f".write_text({after!r})" if after is not None else ".unlink()"
    script = f"from pathlib import Path\n\nPath({str(manifest)!r}){change}\n"
    project.write("defs/raw/orders.py", script)
    with stored(project.root / "home") as instance:
        assert words in failure_of(project, instance, ["raw/orders", "marts/sales"])

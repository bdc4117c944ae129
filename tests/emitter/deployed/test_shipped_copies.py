"""Under a deployment, Dagster runs what the branch has shipped, in the folder of the project."""

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from pipes_projects import InvalidProjectError, PipesProject, PipesScript
from pipes_projects.analysis.code_version.parts import MOST_FILES
from pipes_projects.deploy.down import down
from pipes_projects.deploy.shipping.bundles import folder_of
from pipes_projects.deploy.up import roll_back, up
from pipes_projects.emitter.inspection.last_run import why_in_dagster
from pipes_projects.layout import find_layout
from pipes_projects.project_folder import compile_project
from tests.emitter.deployed.conftest import MANIFEST, SCRIPT, SHIP_TO
from tests.support.dagster.running import Outcome, execute, materialize
from tests.support.deployments.deployed import Deployed
from tests.support.folder import Folder
from tests.support.repositories import commit, git
from tests.support.servers.storages import Storages, Where

ORDERS = "sales/orders"
FAILING = "raise ValueError('no orders')\n"
PLACE = "defs/sales/orders.py"
DEFINITIONS = """\
from pipes_projects import PipesProject

defs = PipesProject.make_defs(deployment="dev")
"""


def run(deployed: Folder, *selection: str, **arguments: Any) -> Outcome:
    defs = deployed.definitions(**{"deployment": "dev", **arguments})
    return materialize(defs, deployed.root.parent / "home", selection or (ORDERS,))


def prices(outcome: Outcome) -> object:
    return outcome.metadata[ORDERS]["prices"]


def test_the_shipped_copy_runs_with_its_helpers_in_the_folder_of_the_project(
    deployed: Deployed,
) -> None:
    up(deployed.site())
    deployed.write("defs/sales/_prices.py", "ALL = 'of the checkout'\n")
    deployed.write(PLACE, "raise SystemExit('of the checkout')\n")
    made = run(deployed).metadata[ORDERS]
    assert made["prices"] == 1
    assert Path(str(made["file"])).is_relative_to(deployed.shipped / "store")
    assert made["folder"] == str(deployed.root / "defs/sales")
    assert not list(deployed.shipped.rglob("__pycache__"))


def test_scripts_are_told_of_the_deployment(deployed: Deployed) -> None:
    deployed.switch("feature/X")
    ledger = up(deployed.site()).ledger
    assert ledger
    made = run(deployed).metadata[ORDERS]
    assert made["deployment"] == {
        "name": "dev", "slug": ledger.slug, "branch": "feature/X", "is_production": False,
        "version": 1,
    }  # fmt: skip
    assert made["args"] == [f"--to={ledger.slug}", "{deployment.slug}", "dev"]
    assert made["schema"] == "dev_feature/X"


def test_dagster_shows_the_deployment_of_each_asset(deployed: Deployed) -> None:
    ledger = up(deployed.site()).ledger
    assert ledger
    known = {
        "pipes_projects/deployment": "dev", "pipes_projects/version": 1,
        "pipes_projects/branch": "main", "pipes_projects/commit": ledger.commit,
    }  # fmt: skip
    for spec in deployed.definitions(deployment="dev").resolve_all_asset_specs():
        assert spec.tags["pipes_projects/deployment"] == "main"
        assert {name: spec.metadata[name] for name in known} == known
    made = run(deployed).metadata[ORDERS]
    assert {name: made[name] for name in known} == known


def test_without_a_deployment_nothing_is_different(deployed: Deployed) -> None:
    up(deployed.site())
    defs = deployed.definitions()
    made = materialize(defs, deployed.root.parent / "home", [ORDERS]).metadata[ORDERS]
    assert made["file"] == str(deployed.root / PLACE)
    assert made["deployment"] == {
        "name": "local", "slug": "local", "branch": "local", "is_production": False,
        "version": None,
    }  # fmt: skip
    assert made["args"] == ["--to=local", "{deployment.slug}", "local"]
    marks = [key for spec in defs.resolve_all_asset_specs() for key in (*spec.tags, *spec.metadata)]
    assert not [key for key in marks if key.startswith("pipes_projects/")]


def test_without_a_deployment_nothing_of_deployments_is_imported(deployed: Deployed) -> None:
    deployed.write(
        "definitions.py",
        """
        import sys
        from pipes_projects import PipesProject

        defs = PipesProject.make_defs()
        print([name for name in sys.modules if name.startswith("pipes_projects.deploy")])
        """,
    )
    words = [sys.executable, "definitions.py"]
    done = subprocess.run(words, cwd=deployed.root, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_code_version_is_the_same_in_every_branch(deployed: Deployed) -> None:
    def versions(**arguments: Any) -> dict[str, str | None]:
        specs = deployed.definitions(**arguments).resolve_all_asset_specs()
        return {spec.key.to_user_string(): spec.code_version for spec in specs}

    plain = versions()
    for branch in ("main", "other"):
        deployed.switch(branch)
        up(deployed.site())
        assert versions(deployment="dev") == plain


def specs(deployed: Folder, **arguments: Any) -> dict[str, dg.AssetSpec]:
    found = deployed.definitions(**arguments).resolve_all_asset_specs()
    return {spec.key.to_user_string(): spec for spec in found}


def test_code_versions_and_sources_are_of_what_is_shipped(deployed: Deployed) -> None:
    many = "".join(f"select {number};\n" for number in range(3))
    for number in range(MOST_FILES + 1):
        deployed.write(f"sql/{number}.sql", many.replace("\n", "\r\n"))
    (deployed.root / "defs/sales/_prices.py").write_bytes(b"\xef\xbb\xbfALL = 1\r\n")
    deployed.change(PLACE.replace(".py", ".yaml"), f"{MANIFEST}code_paths: [../../sql]\n")
    first = specs(deployed)
    up(deployed.site())
    deployed.write("sql/7.sql", "select 'changed'\n")
    deployed.change("defs/sales/_prices.py", "ALL = 2\n")
    deployed.change("defs/sales/returns.py", "print('second')\n")
    second = specs(deployed)
    up(deployed.site())
    roll_back(deployed.site(), 1)
    for asset in ("sales/orders", "sales/returns"):
        assert first[asset].code_version != second[asset].code_version
        now = specs(deployed, deployment="dev")[asset]
        assert now.code_version == first[asset].code_version
        assert now.description == first[asset].description
    assert "second" in str(second["sales/returns"].description)


def test_why_compares_with_what_is_shipped(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    up(deployed.site())
    deployed.change("defs/sales/_prices.py", "ALL = 2\n")
    up(deployed.site())
    deployed.write("definitions.py", DEFINITIONS)
    home = Folder(deployed.root.parent / "home")
    home.write("dagster.yaml", "telemetry: {enabled: false}\n")
    monkeypatch.setenv("DAGSTER_HOME", str(home.root))
    with dg.DagsterInstance.get() as instance:
        execute(deployed.definitions(deployment="dev"), instance, [ORDERS])

    def changed() -> tuple[str, tuple[str, ...]]:
        found = why_in_dagster(find_layout(deployed.root), ORDERS)
        return found.verdict, found.changes.changed

    assert changed() == ("unchanged", ())
    roll_back(deployed.site(), 1)
    assert changed() == ("changed", ("defs/sales/_prices.py",))


def test_the_environment_names_the_deployment_and_the_branch(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployed.switch("other")
    deployed.change("defs/sales/_prices.py", "ALL = 2\n")
    up(deployed.site())
    deployed.switch("main")
    monkeypatch.setenv("PIPES_PROJECTS_DEPLOYMENT", "dev")
    monkeypatch.setenv("PIPES_PROJECTS_BRANCH", "other")
    assert prices(run(deployed, deployment=None)) == 2


def test_dagster_plus_names_the_branch(deployed: Deployed, monkeypatch: pytest.MonkeyPatch) -> None:
    up(deployed.site("other"))
    monkeypatch.setenv("DAGSTER_CLOUD_GIT_BRANCH", "other")
    assert prices(run(deployed)) == 1


def test_after_a_roll_back_the_earlier_code_runs(deployed: Deployed) -> None:
    up(deployed.site())
    deployed.change("defs/sales/_prices.py", "ALL = 2\n")
    up(deployed.site())
    assert prices(run(deployed)) == 2
    roll_back(deployed.site(), 1)
    assert prices(run(deployed)) == 1


def test_folders_of_a_python_path_are_looked_for_in_what_was_shipped(deployed: Deployed) -> None:
    deployed.write("lib/_prices.py", "ALL = 'of lib'\n")
    (deployed.root / "defs/sales/_prices.py").unlink()
    env = "subprocess: {env: {PYTHONPATH: ../../lib, SCHEMA: s}}\n"
    deployed.asset(ORDERS, env, SCRIPT)
    commit(deployed.root)
    up(deployed.site())
    deployed.write("lib/_prices.py", "ALL = 'changed'\n")
    assert prices(run(deployed)) == "of lib"


def test_a_failure_names_the_line_of_the_shipped_copy_as_in_the_project(
    deployed: Deployed,
) -> None:
    deployed.change(PLACE, FAILING)
    up(deployed.site())
    why = run(deployed).failures["sales__orders"]
    assert f"{PLACE}:1" in why
    assert "ValueError: no orders" in why
    assert str(deployed.shipped) not in why


def test_what_was_not_shipped_fails_and_says_what_to_do(deployed: Deployed) -> None:
    up(deployed.site())
    deployed.asset("sales/new")
    outcome = run(deployed, ORDERS, "sales/new")
    assert outcome.made == {ORDERS}
    assert (
        "defs/sales/new.py: `defs/sales/new.py` is not in version 1 of `main` on `dev`; run"
        " `pipes-projects deploy up dev --branch main`"
    ) in outcome.failures["sales__new"]


@pytest.mark.parametrize("on_error", ["raise", "quarantine"])
def test_a_branch_that_is_not_deployed_does_not_load(deployed: Deployed, on_error: str) -> None:
    deployed.switch("feature/new")
    with pytest.raises(InvalidProjectError) as refused:
        deployed.definitions(deployment="dev", on_error=on_error)
    assert str(refused.value) == (
        "the branch `feature/new` is not deployed on `dev`; run"
        " `pipes-projects deploy up dev --branch feature/new`"
    )
    assert refused.value.diagnostics == ()


def test_a_branch_that_was_taken_down_does_not_load(deployed: Deployed) -> None:
    deployed.switch("other")
    up(deployed.site())
    down(deployed.site())
    with pytest.raises(InvalidProjectError, match="`other` is not deployed on `dev`"):
        deployed.definitions(deployment="dev")


def test_an_unknown_deployment_does_not_load(deployed: Deployed) -> None:
    with pytest.raises(InvalidProjectError, match=r"^no deployment is called `deb`; .*`dev`"):
        deployed.definitions(deployment="deb")


def test_a_ledger_that_cannot_be_read_does_not_load(deployed: Deployed) -> None:
    up(deployed.site())
    (deployed.shipped / "deployments/main/000001.json").write_text("{}")
    with pytest.raises(InvalidProjectError, match="is not a valid ledger"):
        deployed.definitions(deployment="dev")


def test_without_git_the_environment_has_to_name_the_branch(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(folder.root.parent))
    monkeypatch.delenv("PIPES_PROJECTS_BRANCH", raising=False)
    folder.write("deploy.py", SHIP_TO)
    with pytest.raises(InvalidProjectError, match="PIPES_PROJECTS_BRANCH in the environment"):
        folder.definitions(deployment="dev")


OWNER = """\
from pipes_projects.deploy import deployer

@deployer("dev", at="shipped")
def up(context):
    for script in context.scripts:
        context.publish(script, f"databricks:/{context.slug}/{context.number}/{script}")
"""


class SqlScript(PipesScript):
    """A kind whose client is told where the script is."""

    def invoke(self, _: dg.AssetExecutionContext) -> dg.MaterializeResult[Any]:
        told = {"location": self.script_location, "slug": self.deployment["slug"]}
        return dg.MaterializeResult(metadata=told)


class Project(PipesProject):
    @classmethod
    def script_kind_map(cls) -> dict[str, type[PipesScript]]:
        return {**super().script_kind_map(), "query": SqlScript}


@pytest.fixture
def owned(tmp_path: Path) -> Deployed:
    made = Deployed(tmp_path / "project", OWNER)
    made.write("defs/sales/query.yaml", "kind: query\n")
    made.write("defs/sales/query.sql", "select 1\n")
    commit(made.root)
    return made


def ship(deployed: Deployed) -> None:
    project = compile_project(deployed.root, Project.contract()).project
    up(replace(deployed.site(), project=project))


def test_other_kinds_are_told_what_their_deployer_published(owned: Deployed) -> None:
    ship(owned)
    made = run(owned, "sales/query", project=Project).metadata["sales/query"]
    assert made["location"] == "databricks:/main/1/defs/sales/query.sql"
    assert made["slug"] == "main"


def test_without_a_deployment_other_kinds_are_told_the_path(owned: Deployed) -> None:
    outcome = run(owned, "sales/query", project=Project, deployment=None)
    told = {"location": str(owned.root / "defs/sales/query.sql"), "slug": "local"}
    assert outcome.metadata["sales/query"] == told


def test_a_process_needs_a_copy_on_this_machine(owned: Deployed) -> None:
    ship(owned)
    outcome = run(owned, "sales/returns", project=Project)
    assert (
        "`defs/sales/returns.py` was published at `databricks:/main/1/defs/sales/returns.py`, which"
        " is not a file on this machine; ship what runs as a process with `ship_to`"
    ) in outcome.failures["sales__returns"]


@pytest.fixture
def on_s3(deployed: Deployed, storages: Storages, monkeypatch: pytest.MonkeyPatch) -> Deployed:
    return shipped_to(storages.fresh("s3"), deployed, monkeypatch)


@pytest.fixture
def on_git(deployed: Deployed, storages: Storages, monkeypatch: pytest.MonkeyPatch) -> Deployed:
    return shipped_to(storages.fresh("git"), deployed, monkeypatch)


def shipped_to(where: Where, deployed: Deployed, monkeypatch: pytest.MonkeyPatch) -> Deployed:
    text = f"ship_to({where.at!r}, name='dev', options={dict(where.options)!r})\n"
    deployed.change("deploy.py", SHIP_TO.partition("ship_to(")[0] + text)
    monkeypatch.setenv("XDG_CACHE_HOME", str(deployed.root.parent / "cache"))
    up(deployed.site())
    return deployed


def test_a_source_on_a_server_is_not_confused_with_that_of_the_checkout(on_s3: Deployed) -> None:
    deployed, shipped = on_s3, (on_s3.root / PLACE).read_text()
    ledger = deployed.site().current()
    assert ledger
    plain = specs(deployed)[ORDERS]
    deployed.change(PLACE, "print('of the checkout')\n")
    now = specs(deployed, deployment="dev")[ORDERS]
    assert now.code_version == plain.code_version
    location = ledger.ships[PLACE].location
    assert now.description == (
        f"Version 1 of `main` has another source than the checkout: it is at `{location}`"
    )
    sources: list[str | None] = []

    class Script(PipesScript):
        def invoke(self, _: dg.AssetExecutionContext) -> None:
            sources.append(self.source)

    class Sources(PipesProject):
        @classmethod
        def script_kind_map(cls) -> dict[str, type[PipesScript]]:
            return {**super().script_kind_map(), "subprocess": Script}

    run(deployed, project=Sources)
    assert sources == [shipped]


def bundles(deployed: Deployed) -> Path:
    return deployed.root.parent / "cache/pipes-projects/bundles"


def test_from_a_server_a_copy_is_fetched_once_and_run(on_s3: Deployed) -> None:
    made = run(on_s3).metadata[ORDERS]
    file = Path(str(made["file"]))
    assert (made["prices"], made["folder"]) == (1, str(on_s3.root / "defs/sales"))
    assert file.is_relative_to(bundles(on_s3))
    before = file.stat().st_mtime_ns
    assert prices(run(on_s3)) == 1
    assert file.stat().st_mtime_ns == before
    assert [bundle.name for bundle in bundles(on_s3).glob("[!.]*")] == [file.parents[2].name]


def test_from_a_repository_a_copy_is_fetched_and_run(on_git: Deployed) -> None:
    made = run(on_git).metadata[ORDERS]
    assert (made["prices"], made["folder"]) == (1, str(on_git.root / "defs/sales"))
    assert Path(str(made["file"])).is_relative_to(bundles(on_git))
    on_git.change("defs/sales/_prices.py", "ALL = 2\n")
    assert prices(run(on_git)) == 1
    up(on_git.site())
    assert prices(run(on_git)) == 2
    roll_back(on_git.site(), 1)
    assert prices(run(on_git)) == 1


def test_other_kinds_are_told_the_repository_the_commit_and_the_path(
    owned: Deployed, storages: Storages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(owned.root.parent / "cache"))
    at = storages.fresh("git").at
    owned.change("deploy.py", f"{SHIP_TO.partition('ship_to(')[0]}ship_to({at!r}, name='dev')\n")
    ship(owned)
    told = str(run(owned, "sales/query", project=Project).metadata["sales/query"]["location"])
    found = re.fullmatch(r"(.*)@(\w{40})#(.*)", told)
    assert found
    repository, commit_, path = found.groups()
    assert (repository, path) == (at, "defs/sales/query.sql")
    folder = Path(at.removeprefix("git+file://"))
    assert git(folder, "rev-parse", "deploy/main") == commit_
    assert git(folder, "show", f"{commit_}:{path}") == "select 1"


def test_what_is_not_what_was_shipped_is_not_run(on_s3: Deployed) -> None:
    site = on_s3.site()
    ledger = site.current()
    assert ledger
    folder = folder_of(ledger.ships[PLACE].hash)
    site.storage.remove(f"{folder}/defs/sales/_prices.py")
    site.storage.create(f"{folder}/defs/sales/_prices.py", b"ALL = 'of somebody else'")
    why = run(on_s3).failures["sales__orders"]
    assert f"`{folder}` in `{site.storage.shown}` is not what was shipped" in why
    assert not bundles(on_s3).exists()


def test_where_no_copy_can_be_kept_the_step_says_so(on_s3: Deployed) -> None:
    (on_s3.root.parent / "cache").write_text("a file")
    why = run(on_s3).failures["sales__orders"]
    assert f"no copy of what was shipped can be kept in `{bundles(on_s3)}`" in why
    assert "XDG_CACHE_HOME" in why

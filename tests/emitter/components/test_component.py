"""What a component of ours is told, and what it makes of it."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import dagster as dg
import pytest

from pipes_projects import InvalidProjectError, LayoutError
from pipes_projects.emitter.loading.assets import ScriptAssets
from tests.support.command import run
from tests.support.dagster.dg import DgProject, deps_of
from tests.support.dagster.running import ROOT

PAGE = (ROOT / "docs/dg.md").read_text("utf-8")
RAISES = "raise SystemExit('this script was imported')\n"


@pytest.fixture
def project(tmp_path: Path) -> DgProject:
    return DgProject(tmp_path)


def asset(project: DgProject, path: str, manifest: str = "") -> None:
    """A manifest, and a script that must not be imported."""
    project.write(f"src/shop/{path}.yaml", manifest)
    project.write(f"src/shop/{path}.py", RAISES)


def cause(project: DgProject) -> Exception:
    """What is under everything that `dg` says when it cannot load."""
    with pytest.raises(Exception) as caught:
        project.load()
    error: BaseException = caught.value
    while error.__cause__ and not isinstance(error, LayoutError | InvalidProjectError):
        error = error.__cause__
    assert isinstance(error, Exception)
    return error


def test_attributes_are_optional_and_scripts_below_are_not_imported(project: DgProject) -> None:
    project.component("pipes")
    asset(project, "defs/pipes/sales/orders")
    assert deps_of(project.load()) == {"raw/orders": [], "sales/orders": []}


def test_its_assets_stay_ours_when_dg_has_added_metadata(project: DgProject) -> None:
    project.component("pipes")
    asset(project, "defs/pipes/sales/orders")
    defs = project.load()
    (made,) = (a for a in defs.assets or () if isinstance(a, ScriptAssets))
    assert "dagster/component_origin" in next(iter(made.specs)).metadata
    found = defs.get_repository_def().assets_defs_by_key[dg.AssetKey(["sales", "orders"])]
    assert isinstance(found, ScriptAssets)


def test_the_groups_may_be_elsewhere(project: DgProject) -> None:
    project.component("pipes", "{path: ../../../../pipes}")
    project.write("pipes/sales/orders.yaml")
    project.write("pipes/sales/orders.py", RAISES)
    assert "sales/orders" in deps_of(project.load())


def test_where_dg_imports_scripts_it_says_so(project: DgProject) -> None:
    project.component("pipes", "{path: ../groups}")
    project.defs("groups/sales/orders.yaml")
    assert "`dg` imports every script" in str(cause(project))


def test_what_names_no_folder_and_no_class_is_said_with_its_file(project: DgProject) -> None:
    project.component("pipes", "{path: nowhere}")
    assert re.search(r"defs/pipes: `path` is nowhere: there is no such folder", str(cause(project)))
    project.write("src/shop/platform.py", "class TeamProject: ...\nclass TeamProjcet: ...\n")
    for path, why in {
        "shop.platfrom.TeamProject": "there is no module `shop.platfrom`",
        "shop.platform.TeamPorject": "`shop.platform` has no `TeamPorject`; a class",
        "shop.platform.TeamProject": "is not a subclass of `PipesProject`",
        "TeamProject": "is not an import path: write `package.module.Class`",
    }.items():
        project.component("pipes", f"{{project: {path}}}")
        assert why in str(cause(project))


def test_the_owners_class_is_used_from_a_module_and_from_beside_the_component(
    project: DgProject,
) -> None:
    text = """
        import dagster as dg
        from pipes_projects import PipesProject

        class TeamProject(PipesProject):
            @classmethod
            def partitions_defs(cls):
                return {"daily": dg.DailyPartitionsDefinition("2026-01-01")}
        """
    project.write("src/shop/platform.py", text)
    project.defs("pipes/owner.py", text)
    asset(project, "defs/pipes/sales/orders", "partitions_def: daily\n")
    for path in ("shop.platform.TeamProject", ".owner.TeamProject"):
        project.component("pipes", f"{{project: {path}}}")
        graph = project.load().resolve_asset_graph()
        assert graph.get(dg.AssetKey(["sales", "orders"])).partitions_def is not None


def test_manifests_with_errors_are_raised_or_put_in_quarantine(project: DgProject) -> None:
    asset(project, "defs/pipes/sales/orders", "depz: []\n")
    asset(project, "defs/pipes/sales/report")
    project.component("pipes")
    assert isinstance(cause(project), InvalidProjectError)
    project.component("pipes", "{on_error: quarantine}")
    assert {"sales/orders", "sales/report"} <= deps_of(project.load()).keys()
    project.component("pipes", "{on_error: ignore}")
    assert "on_error" in str(cause(project))


def test_assets_of_others_are_unknown_unless_it_is_to_see_them(project: DgProject) -> None:
    asset(project, "defs/pipes/sales/orders", "deps: [raw/orders]\n")
    project.component("pipes")
    assert "no asset is called `raw/orders`" in str(cause(project))
    project.component("pipes", "{sees_others: true}")
    assert deps_of(project.load())["sales/orders"] == ["raw/orders"]


def test_components_of_ours_see_each_other_and_all_others(project: DgProject) -> None:
    project.component("deep/one", "{sees_others: true}")
    asset(project, "defs/deep/one/sales/orders", "key: orders\ndeps: [two/x, raw/orders, late]\n")
    project.defs("deep/late.py", "import dagster as dg\n\nlate = dg.AssetSpec('late')\n")
    project.defs(
        "two/component.py",
        """
        import dagster as dg
        from pipes_projects.components import PipesProjectComponent

        @dg.component_instance
        def load(context):
            return PipesProjectComponent(path="../../two", sees_others=True)
        """,
    )
    asset(project, "two/two/x", "deps: [raw/orders]\n")
    asset(project, "two/two/y", "deps: [orders, late]\n")
    found = deps_of(project.load())
    assert found["orders"] == ["late", "raw/orders", "two/x"]
    assert found["two/y"] == ["late", "orders"]


def test_the_contract_has_what_others_make_and_so_check_knows_it(project: DgProject) -> None:
    project.component("pipes", "{sees_others: true}")
    asset(project, "defs/pipes/sales/orders", "deps: [raw/orders]\n")
    settings = PAGE.partition("```toml\n")[2].partition("```")[0]
    pyproject = project.root / "pyproject.toml"
    pyproject.write_text(pyproject.read_text("utf-8") + settings, "utf-8")
    environment = project.environment()
    assert run("check", cwd=project.root, **environment).returncode == 1
    done = run("schema", cwd=project.root, **environment)
    assert done.returncode == 0, done.stderr
    assert run("check", "--strict", cwd=project.root, **environment).returncode == 0
    done = run("run", 'key:"sales/orders"', "--dagster", cwd=project.root, **environment)
    assert "this script was imported" in done.stdout + done.stderr
    project.defs("broken.py", "raise ValueError('broken')\n")
    done = run("schema", cwd=project.root, **environment)
    assert done.returncode == 2
    assert "definitions.py cannot be loaded: ValueError: broken" in done.stderr


def test_without_a_component_it_works_as_the_page_says(project: DgProject) -> None:
    python = PAGE.rpartition("```python\n")[2].partition("```")[0]
    settings = PAGE.rpartition("```toml\n")[2].partition("```")[0]
    project.write("pipes/sales/orders.yaml")
    project.write("pipes/sales/orders.py", RAISES)
    project.defs("pipes.py", python)
    pyproject = project.root / "pyproject.toml"
    pyproject.write_text(pyproject.read_text("utf-8") + settings, "utf-8")
    assert deps_of(project.load()) == {"raw/orders": [], "sales/orders": []}
    environment = project.environment()
    assert run("schema", cwd=project.root, **environment).returncode == 0
    for folder in (project.root, project.root / "src/shop", project.root / "src/shop/defs"):
        done = run("check", "--strict", cwd=folder, **environment)
        assert done.stdout == "no findings (1 script, 1 asset)\n"


def test_the_attributes_on_the_page_are_those_of_the_component(project: DgProject) -> None:
    from pipes_projects.components import PipesProjectComponent

    table = PAGE.partition("| attribute |")[2].partition("\n\n")[0]
    rows = re.findall(r"^\| `(\w+)` \| `([^`]+)`", table, re.MULTILINE)
    fields = PipesProjectComponent.model_fields
    assert [name for name, _ in rows] == list(fields)
    assert all(field.description for field in fields.values())
    block = PAGE.partition("```yaml\n")[2].partition("```")[0]
    project.defs("pipes/defs.yaml", block)
    assert "there is no module `shop.platform`" in str(cause(project))


def test_a_defs_yaml_that_is_no_component_is_still_refused(project: DgProject) -> None:
    project.write("pipes/sales/orders.yaml")
    project.write("pipes/sales/orders.py", RAISES)
    project.write("pyproject.toml", '[tool.pipes-projects]\ndefs = "pipes"\n')
    for path, text, is_refused in (
        ("pipes/defs.yaml", "type: pipes_projects.components.PipesProjectComponent\n", False),
        ("pipes/defs.yml", "# ours\ntype : x.TeamComponent\n", False),
        ("pipes/defs.yaml", "deps: [a/type]\n", True),
        ("pipes/sales/defs.yaml", "type: x.TeamComponent\n", True),
    ):
        file = project.write(path, text)
        told = run("check", cwd=project.root).stdout
        assert ("a manifest cannot be called" in told) is is_refused, path
        file.unlink()


IMPORTS = """\
import sys
import pipes_projects.components as found
names = [name for name in dir(found) if not name.startswith("__")]
values = [getattr(found, name) for name in dir(found)]
ours = {name.split(".")[1] for name in sys.modules if name.startswith("pipes_projects.")}
print(names, sorted(ours))
"""


def test_what_dg_imports_in_every_command_is_little() -> None:
    entry = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["entry-points"]
    assert entry["dagster_dg_cli.registry_modules"] == {
        "pipes_projects": "pipes_projects.components"
    }
    done = subprocess.run(
        [sys.executable, "-c", IMPORTS], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.startswith("['PipesProjectComponent'] ")
    loaded = set(re.findall(r"\w+", done.stdout.partition("] [")[2]))
    assert loaded <= {"components", "emitter", "layout", "disk", "text", "version"}


def test_without_dagster_the_module_is_empty_and_breaks_nothing() -> None:
    hidden = IMPORTS.replace(
        "import sys\n", "import sys\nimport importlib.util as u\nu.find_spec = lambda name: None\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", hidden], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.startswith("[] ")

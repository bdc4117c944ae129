"""`import dg`: the graph before is the graph after, and what has no place is said."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from pipes_projects.compiler.parse.comments import comments
from tests.support.command import run
from tests.support.dagster.dg import DgProject
from tests.support.dagster.dg_company import write_company
from tests.support.dagster.running import ROOT

PIPES = "src/shop/defs/pipes"
ADDED = {
    "dagster/code_references",
    "dagster/component_origin",
    "dagster/auto_created_stub_asset",
}


@pytest.fixture
def project(tmp_path: Path) -> DgProject:
    return DgProject(tmp_path)


def imported(project: DgProject, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    return run("import", "dg", *arguments, cwd=project.root, **project.environment(), **env)


def without_added(metadata: Any) -> dict[str, Any]:
    """What the author wrote."""
    return {key: value for key, value in metadata.items() if key not in ADDED}


def graph(defs: dg.Definitions) -> dict[str, Any]:
    """All that Dagster knows of assets and checks, except what a manifest adds to it."""
    assets: Any = defs.resolve_asset_graph()
    found: dict[str, Any] = {}
    for key in assets.get_all_asset_keys():
        node = assets.get(key)
        step = node.assets_def.op if node.is_executable else None
        found[key.to_user_string()] = {
            "deps": sorted(k.to_user_string() for k in node.parent_keys),
            "group": node.group_name,
            "owners": list(node.owners),
            "tags": dict(node.tags),
            "kinds": sorted(node.kinds),
            "metadata": without_added(node.metadata),
            "partitions": node.partitions_def,
            "rule": node.automation_condition,
            "freshness": node.freshness_policy,
            "pool": step and step.pool,
            "op_tags": step and dict(step.tags),
        }
    for asset in defs.assets or ():
        for spec in asset.check_specs if isinstance(asset, dg.AssetsDefinition) else ():
            values = (spec.blocking, spec.description, without_added(spec.metadata))
            found[spec.key.to_user_string()] = values
    return found


def remove(project: DgProject, told: str) -> None:
    """What the command says that it imported."""
    commands = re.findall(r"^  (rm -r .+)$", told, re.MULTILINE)
    assert commands
    subprocess.run(["sh", "-ec", "\n".join(commands)], cwd=project.root, check=True)


def test_the_graph_before_is_the_graph_after(project: DgProject) -> None:
    write_company(project)
    defs = project.root / "src/shop/defs"
    originals = {path: path.read_text("utf-8") for path in defs.rglob("defs.yaml")}
    before = project.load()
    known = graph(before)
    descriptions = {
        key.to_user_string(): node.description
        for key, node in ((k, before.resolve_asset_graph().get(k)) for k in keys(before))
    }

    done = imported(project)
    assert done.returncode == 0, done.stderr
    assert "left as it is" not in done.stderr
    assert "nothing makes `from/elsewhere`, on which scripts depend" in done.stderr
    assert {path: path.read_text("utf-8") for path in originals} == originals
    remove(project, done.stderr)

    after = project.load()
    assert graph(after) == known
    for key in keys(after):
        old = descriptions[key.to_user_string()]
        node = after.resolve_asset_graph().get(key)
        assert not old or (node.description or "").startswith(old.strip())
    code = after.resolve_asset_graph().get(dg.AssetKey(["sales", "orders"])).code_version
    assert code == "v7"

    written = [path.read_text("utf-8") for path in (project.root / PIPES).rglob("*.yaml")]
    kept = sorted(note.text for text in written for note in comments(text))
    there = [note.text for text in originals.values() for note in comments(text)]
    ours = ["# `dg` ran the scripts in the folder in which it was started itself."]
    assert kept == sorted(there + ours)

    environment = project.environment()
    assert run("schema", cwd=project.root, **environment).returncode == 0
    assert run("check", cwd=project.root, **environment).returncode == 0
    assert project.call("check", "yaml").returncode == 0


def keys(defs: dg.Definitions) -> list[dg.AssetKey]:
    return sorted(defs.resolve_asset_graph().get_all_asset_keys(), key=str)


PAGE = (ROOT / "docs/dg.md").read_text("utf-8").partition("## Import scripts")[2]


def test_a_file_becomes_what_the_page_shows_and_the_patch_is_what_is_written(
    project: DgProject,
) -> None:
    before, after = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    project.defs("sales/orders/defs.yaml", before)
    project.defs("sales/orders/orders.py", "print(1)")
    project.defs("sales/orders/empty.txt")
    (project.root / "src/shop/defs/sales/orders/data.bin").write_bytes(b"\xff\x00")
    untouched = tree(project.root)

    shown = imported(project, "--dry-run")
    assert shown.returncode == 0, shown.stderr
    assert tree(project.root) == untouched
    assert "data.bin is not in the patch" in shown.stderr

    copy = project.root.parent / "copy"
    shutil.copytree(project.root, copy)
    subprocess.run(["git", "apply", "--unsafe-paths", "-"], cwd=copy, input=shown.stdout, text=True,
        check=True)  # fmt: skip

    done = imported(project)
    assert done.returncode == 0, done.stderr
    path = PAGE.partition("becomes `")[2].partition("`")[0]
    assert (project.root / path).read_text("utf-8") == after
    written = tree(project.root)
    assert {k: v for k, v in written.items() if not k.endswith("data.bin")} == {
        k: v for k, v in tree(copy).items() if not k.endswith("data.bin")
    }
    assert untouched.keys() < written.keys()

    again = imported(project)
    assert again.returncode == 2
    assert "asset `sales/orders` is" in again.stderr
    remove(project, done.stderr)
    rule = "automation_condition: '{{ dg.AutomationCondition.on_missing() }}'"
    project.defs("late/defs.yaml", one(rule).replace("NAME", "late"))
    project.defs("late/run.py")
    project.defs("late/run.sh")
    project.defs("odd/defs.yaml", one().replace("NAME", "odd").replace("run.py", "run.txt"))
    project.defs("odd/run.txt")
    again = imported(project)
    assert again.returncode == 0, again.stderr
    assert f"wrote {PIPES}/default/late/run.yaml" in again.stdout
    late, odd = (project.root / PIPES / name / "run.yaml" for name in ("default/late", "g/odd"))
    assert late.read_text("utf-8").startswith("script: run.py\n")
    lines = ["script: run.txt", "subprocess: {command: [python]}", "key: odd"]
    assert odd.read_text("utf-8").splitlines() == lines
    assert f"kept  {PIPES}/owner.py, which was there already" in again.stdout
    assert '              "on_missing": dg.AutomationCondition.on_missing(),' in again.stderr
    assert (project.root / path).read_text("utf-8") == after


def tree(root: Path) -> dict[str, bytes]:
    """All files, except what Python keeps."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


def one(fields: str = "", more: str = "", execution: str = "") -> str:
    """A component with one asset."""
    return (
        "type: dagster.PythonScriptComponent\nattributes:\n"
        f"  execution: {{path: run.py{execution}}}\n"
        f"  assets:\n    - key: NAME\n      {fields or 'group_name: g'}\n{more}"
    )


LEFT = {
    "env": (one("description: 'x {{ env.HIDDEN }}'"), 6, "`{{ env.HIDDEN }}` is a value of the"),
    "call": (
        one(execution=", args: ['{{ env(\"HIDDEN\") }}']"),
        3,
        "is a value of the environment",
    ),
    "variable": (
        one("metadata: {a: '{{ token }}'}", "template_vars_module: .rules\n"),
        1,
        "a template brings in the value of the variable `HIDDEN`: it is not written",
    ),
    "post": (
        one(more="post_processing: {assets: [{attributes: {tags: {a: '{{ env.HIDDEN }}'}}}]}\n"),
        7,
        "`{{ env.HIDDEN }}` is a value of the environment: it is not written",
    ),
    "above/below": (one(), 1, "in `post_processing` is a value of the environment"),
    "skippable": (one("skippable: true"), 6, "a script with a manifest makes all of its assets"),
    "badge": (one("tags: {kind: x}"), 6, "a tag `kind` would be a badge: write it in `kinds`"),
    "groups": (
        one(more="    - {key: other, group_name: h}\n"),
        4,
        "are in several groups: `g`, `h`",
    ),
    "hidden": (one("group_name: _h"), 6, "`_h` cannot be the folder of a group"),
    "slash": (one("group_name: h/i"), 6, "`h/i` cannot be the folder of a group"),
    "nothing": (
        one("metadata: {a: null}"),
        6,
        "`a` is null, which in a manifest means that",
    ),
    "rule": (
        one("automation_condition: '{{ rule }}'", "template_vars_module: .rules\n"),
        6,
        "its rule is not a plain expression in this file: publish it under a name",
    ),
    "deps": (
        one(more="  checks: [{name: c, asset: NAME, additional_deps: [raw/orders]}]\n"),
        7,
        "checks in manifests have no dependencies of their own",
    ),
    "weeks": (
        one(
            "partitions_def: {type: static, partition_keys: [eu]}",
            "    - key: weekly\n      group_name: default\n      deps: [days]\n"
            "      partitions_def: {type: static, partition_keys: [eu]}\n",
        ),
        9,
        "the partitions of `days` are of another type, and match none of these",
    ),
    "only": (
        "type: dagster.PythonScriptComponent\nattributes:\n  execution: {path: run.py}\n"
        "  checks: [{name: c, asset: raw/orders}]\n",
        2,
        "it has checks but no assets",
    ),
    "missing": (one().replace("run.py", "gone.py"), 3, "there is no script gone.py"),
    "outside": (
        one().replace("run.py", "../../../../../outside.py"),
        3,
        "the script is outside the project",
    ),
    "beside": (
        one() + "---\ntype: dagster.UvRunComponent\nattributes:\n"
        "  execution: {path: run.py}\n  assets: [{key: uv}]\n",
        8,
        "`UvRunComponent` is in the same file, and stays in it",
    ),
}
RULES = """
    import os
    import dagster as dg

    @dg.template_var
    def token():
        return "Bearer " + os.environ["HIDDEN"]

    @dg.template_var
    def rule():
        return dg.AutomationCondition.eager()
    """


def test_what_has_no_place_stays_with_its_reason_and_what_is_lost_is_said(
    project: DgProject,
) -> None:
    (project.root.parent / "outside.py").write_text("")
    for name, (text, _, _) in LEFT.items():
        project.defs(f"{name}/defs.yaml", text.replace("NAME", name.rpartition("/")[2]))
        project.defs(f"{name}/run.py", "raise SystemExit('imported')\n")
        project.defs(f"{name}/rules.py", RULES)
    folder = "{assets: [{target: key:below, attributes: {tags: {a: '{{ env.HIDDEN }}'}}}]}"
    above = f"type: dagster.DefsFolderComponent\npost_processing: {folder}\n"
    project.defs("above/defs.yaml", above)
    lost = one(execution=", name: n, description: d", more="requirements: {env: [HIDDEN]}\n")
    project.defs("lost/defs.yaml", lost.replace("NAME", "lost"))
    project.defs("lost/run.py", "raise SystemExit('imported')\n")
    project.defs("lost/settings.yaml", "a: 1\n")
    days = "import dagster as dg\ndays = dg.AssetSpec('days', partitions_def=DAILY)\n"
    daily = "dg.DailyPartitionsDefinition('2026-01-01')"
    project.defs("days.py", days.replace("DAILY", daily))
    done = imported(project, HIDDEN="s3cr3t-value")
    assert done.returncode == 0, done.stderr
    pattern = r"^src/shop/defs/(\S+)/defs.yaml:(\d+): left as it is: (.*)$"
    found = {name: rest for name, *rest in re.findall(pattern, done.stderr, re.MULTILINE)}
    assert {name: int(line) for name, (line, _) in found.items()} == {
        name: line for name, (_, line, _) in LEFT.items()
    }
    assert [name for name, (_, _, why) in LEFT.items() if why not in found[name][1]] == []
    for line, why in (
        ("defs.yaml:3: `execution.name` is not carried over", "the step is named after"),
        ("defs.yaml:3: `execution.description` is not carried over", "no description of its own"),
        ("defs.yaml:7: `requirements` is not carried over", "name the variables in `secrets`"),
        ("settings.yaml:1: not copied", "among manifests, it would be read as one"),
    ):
        assert f"src/shop/defs/lost/{line}: " in done.stderr
        assert why in done.stderr
    written = tree(project.root / PIPES)
    assert not any(b"s3cr3t" in content for content in written.values())
    assert {name for name in written if name.startswith("g/")} == {
        "g/lost/run.yaml",
        "g/lost/run.py",
    }


def test_where_there_is_nothing_to_import_or_no_project_it_says_so(project: DgProject) -> None:
    done = imported(project)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "there is nothing to import\n"
    done = run("import", "dg", str(project.site))
    assert done.returncode == 2
    assert "`dg` cannot load" in done.stderr
    assert "Could not find config file" in done.stderr
    project.defs("broken.py", "raise ValueError('broken')\n")
    done = imported(project)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].endswith(": ValueError: broken; `dg check defs` says more")


@pytest.mark.parametrize("word", ["{params.y}", "{{params.y}}", "{deployment.slug}", "{y}"])
def test_an_argument_that_looks_like_a_param_is_passed_on_as_it_is(
    project: DgProject, word: str
) -> None:
    written = word.replace("{{", "{{ '{{' }}")
    execution = f', args: ["{written}"]'
    project.defs("x/defs.yaml", one(execution=execution).replace("NAME", "x"))
    project.defs("x/run.py")
    assert imported(project).returncode == 0
    shutil.rmtree(project.root / "src/shop/defs/x")
    dry = run("run", 'key:"x"', "--dry-run", cwd=project.root, **project.environment())
    assert f"run.py '{word}'" in dry.stdout


def test_what_would_be_wrong_is_shown_and_nothing_is_written(project: DgProject) -> None:
    project.defs("x/defs.yaml", one("kinds: ['a b']").replace("NAME", "x"))
    project.defs("x/run.py")
    untouched = tree(project.root)
    done = imported(project)
    assert done.returncode == 1
    assert "`a b` cannot be a kind in the UI" in done.stderr
    assert done.stderr.endswith("nothing was written, because of this\n")
    assert tree(project.root) == untouched
    done = imported(project, "--into", "pipes")
    assert done.returncode == 2
    assert "where `dg` finds components: name another folder with --into" in done.stderr


def test_a_folder_is_copied_once_whatever_the_groups_of_its_scripts(project: DgProject) -> None:
    first, second = (
        "type: dagster.PythonScriptComponent\nattributes:\n"
        f"  execution: {{path: {name}.py}}\n  assets: [{{key: {name}, group_name: {group}}}]\n"
        for name, group in (("bread", "kitchen"), ("bill", "office"))
    )
    project.defs("food/defs.yaml", f"{first}---\n{second}")
    project.defs("food/bread.py", "import shared\n")
    project.defs("food/bill.py", "import shared\n")
    project.defs("food/shared.py")
    done = imported(project)
    assert done.returncode == 0, done.stderr
    assert {name for name in tree(project.root / PIPES) if "/" in name} == {
        *(f"kitchen/food/{name}" for name in ("bread.yaml", "bread.py", "bill.py", "shared.py")),
        "office/food/bill.yaml",
    }
    remove(project, done.stderr)
    environment = project.environment()
    assert run("schema", cwd=project.root, **environment).returncode == 0
    checked = run("check", cwd=project.root, **environment)
    assert checked.stdout == "no findings (2 scripts, 2 assets)\n"
    dry = run("run", "--dry-run", 'key:"bill"', cwd=project.root, **environment)
    assert f"{PIPES}/kitchen/food/bill.py" in dry.stdout


def test_components_that_would_have_one_folder_get_several(project: DgProject) -> None:
    for number, folder in enumerate(("tea/black", "black", "_black", "green tea")):
        text = one("group_name: tea").replace("NAME", f"tea{number}")
        project.defs(f"{folder}/defs.yaml", text)
        project.defs(f"{folder}/run.py", f"print({number})\n")
    done = imported(project)
    assert done.returncode == 0, done.stderr
    remove(project, done.stderr)
    found = {}
    for manifest in (project.root / PIPES / "tea").rglob("*.yaml"):
        found[manifest.read_text("utf-8")] = manifest.with_suffix(".py").read_text("utf-8")
    assert found == {f"key: tea{number}\n": f"print({number})\n" for number in range(4)}

    project.defs("black/defs.yaml", one("group_name: tea").replace("NAME", "green"))
    project.defs("black/run.py", "print('green')\n")
    done = imported(project)
    assert done.returncode == 0, done.stderr
    assert (project.root / PIPES / "tea/black_4/run.py").read_text("utf-8") == "print('green')\n"
    assert (project.root / PIPES / "tea/black_4/run.yaml").read_text("utf-8") == "key: green\n"

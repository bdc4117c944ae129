"""The difference between two states of a project: nothing is left out, and nothing is made up."""

import json
import random
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from pipes_projects import Memory, Picture, SourceFile, Sources, TextFiles, picture_sources
from pipes_projects.analysis.diff.comparing import compare, values_of
from pipes_projects.render.diff.diff_json import render_json
from pipes_projects.render.diff.markdown import render_markdown
from tests.editors.browser import HERE, node
from tests.support.command import run
from tests.support.dagster.running import ROOT
from tests.support.folder import Folder
from tests.support.readers import read_by_mermaid
from tests.support.repositories import commit, git, init

SCHEMA = Draft202012Validator(
    json.loads((ROOT / "schemas/difference.schema.json").read_text("utf-8"))
)
KEYS = ("a/one", "a/two", "b/one", "b/two", "b/three")
LINES = (
    "owners: [team:x]", "owners: [team:y]", "owners: null", "description: words", "extras: {a: 1}",
    "extras: {a: true, b: [1, 2]}", "tags: {tier: gold}",
    "tags: {tier: null}", "pool: db",
    'schedule: "0 6 * * *"', "deps: [a/one]", "deps: [b/two, a/two]", "checks: {full: {}}",
    "retry_policy: {max_retries: 3}", "kind: external", "ownrs: 1", "description: [",
    "params: {days: 3}", "columns: {id: {type: int}}",
)  # fmt: skip
FILES = TextFiles(frozenset(f"defs/{key}.py" for key in KEYS))
TEXTS = st.lists(st.sampled_from(LINES), max_size=4, unique_by=lambda line: line.split(":")[0]).map(
    "\n".join
)
DEFAULTS = [line for line in LINES if line.split(":")[0] in ("owners", "tags", "pool", "extras")]
PROJECTS = st.builds(
    lambda manifests, defaults: {**manifests, "_defaults": defaults},
    st.dictionaries(st.sampled_from(KEYS), TEXTS),
    st.sampled_from(["", *DEFAULTS]),
)


def pictured(project: dict[str, str], memory: Memory | None = None) -> Picture:
    manifests = tuple(SourceFile(f"defs/{key}.yaml", text) for key, text in project.items())
    return picture_sources(Sources(FILES, manifests), memory=memory)


def plain(picture: Picture) -> dict[str, dict[tuple[str, ...], Any]]:
    """All values, as JSON has them; of what cannot be read, the state."""
    unread: dict[str, dict[tuple[str, ...], Any]] = {
        other.key: {("state",): "unreadable"}
        for other in picture.others
        if other.state == "unreadable"
    }
    return unread | {
        shown.key: {name: json.loads(json.dumps(value)) for name, value in values_of(shown).items()}
        for shown in picture.assets
    }


def applied(shape: dict[str, Any], base: dict[str, Any]) -> dict[str, Any]:
    """What the difference makes of the base."""
    gone = {asset["key"] for asset in shape["removed"]}
    moved = {asset["before"]: asset["key"] for asset in shape["changed"]}
    head = {moved.get(key, key): dict(values) for key, values in base.items() if key not in gone}
    for asset in shape["changed"]:
        for change in asset["values"]:
            if "after" in change:
                head[asset["key"]][tuple(change["name"])] = change["after"]
            else:
                del head[asset["key"]][tuple(change["name"])]
    for asset in shape["added"]:
        head[asset["key"]] = {tuple(value["name"]): value["value"] for value in asset["values"]}
    return head


@given(PROJECTS, PROJECTS, st.booleans())
@settings(max_examples=150, deadline=None)
def test_what_it_says_makes_the_base_into_the_head(
    base: dict[str, str], head: dict[str, str], shared: bool
) -> None:
    memory = Memory() if shared else None
    before, after = pictured(base, memory), pictured(head, memory)
    shape = json.loads(render_json(compare(before, after, {}), "x", None))
    SCHEMA.validate(shape)
    assert applied(shape, plain(before)) == plain(after)


@given(PROJECTS, st.booleans())
@settings(max_examples=50, deadline=None)
def test_without_a_difference_it_is_empty(project: dict[str, str], shared: bool) -> None:
    memory = Memory() if shared else None
    found = compare(pictured(project, memory), pictured(dict(project), memory), {})
    assert not found
    assert (found.added, found.removed, found.changed, found.stale) == ((), (), (), {})


# In a repository


@pytest.fixture
def project(folder: Folder) -> Folder:
    """Eighteen assets in a chain, with defaults, a helper, and everything committed."""
    folder.write("defs/_defaults.yaml", "owners: [team:old]\n")
    folder.write("defs/raw/_helper.py", "RATE = 1\n")
    folder.asset("raw/t0", "owners: [team:own]\n", "import _helper\n")
    for number in range(1, 18):
        folder.asset(f"raw/t{number}", f"deps: [raw/t{number - 1}]\n", f"print({number})\n")
    init(folder.root)
    commit(folder.root)
    git(folder.root, "switch", "--quiet", "--create", "branch")
    return folder


def shape(project: Folder, *options: str) -> dict[str, Any]:
    done = run("diff", *options, "--format", "json", cwd=project.root)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    SCHEMA.validate(found)
    return found


def rows(project: Folder, *options: str) -> list[tuple[str, str, str, int]]:
    return [
        (row["weight"], ".".join(row["name"]), row["place"], len(row["assets"]))
        for row in shape(project, *options)["rows"]
    ]


def test_one_line_of_defaults_is_one_row(project: Folder) -> None:
    project.write("defs/_defaults.yaml", "owners: [team:new]\n")
    assert rows(project) == [("about", "owners", "defs/_defaults.yaml:1", 17)]
    told = run("diff", cwd=project.root).stdout
    assert "  owners  + team:new - team:old  defs/_defaults.yaml:1\n    17 assets: " in told
    assert shape(project)["stale"] == []


def test_a_changed_helper_makes_all_that_is_downstream_stale(project: Folder) -> None:
    project.write("defs/raw/_helper.py", "RATE = 2\n")
    assert rows(project) == [("run", "code", "defs/raw/_helper.py", 1)]
    stale = shape(project)["stale"]
    assert [asset["key"] for asset in stale] == sorted(f"raw/t{n}" for n in range(1, 18))
    assert {tuple(asset["because_of"]) for asset in stale} == {("raw/t0",)}
    commit(project.root)
    assert shape(project, "main", "branch")["stale"] == stale
    assert shape(project, "main...", "branch")["rows"] == shape(project)["rows"]


def test_dependencies_are_what_comes_and_what_goes(project: Folder) -> None:
    project.write("defs/raw/t9.yaml", "deps: [raw/t7]\nschedule: '0 6 * * *'\n")
    told = run("diff", cwd=project.root).stdout
    assert "  deps  + raw/t7 - raw/t8  defs/raw/t9.yaml:1\n" in told
    assert [row[:2] for row in rows(project)][:1] == [("run", "deps")]
    assert ("plan", "schedule.cron_schedule", "defs/raw/t9.yaml:2", 1) in rows(project)


def test_a_renamed_asset_is_known_by_its_content(project: Folder) -> None:
    for ending in ("yaml", "py"):
        git(project.root, "mv", f"defs/raw/t17.{ending}", f"defs/raw/last.{ending}")
    found = shape(project)
    assert (found["added"], found["removed"], found["rows"]) == ([], [], [])
    assert [(asset["before"], asset["key"]) for asset in found["changed"]] == [
        ("raw/t17", "raw/last")
    ]
    assert "> raw/t17 → raw/last\n" in run("diff", cwd=project.root).stdout


def test_an_asset_is_known_by_its_content_although_what_it_inherits_differs(
    project: Folder,
) -> None:
    """A line of defaults may change in the same branch, or the new group have others."""
    project.write("defs/marts/_defaults.yaml", "tags: {tier: gold}\n")
    commit(project.root)
    project.write("defs/_defaults.yaml", "owners: [team:new]\n")
    for ending in ("yaml", "py"):
        git(project.root, "mv", f"defs/raw/t17.{ending}", f"defs/marts/last.{ending}")
    found = shape(project, "HEAD")
    assert (found["added"], found["removed"]) == ([], [])
    assert [(row[1:]) for row in rows(project, "HEAD")] == [
        ("owners", "defs/_defaults.yaml:1", 17),
        ("tags.tier", "defs/marts/_defaults.yaml:1", 1),
    ]


def test_a_script_that_only_moved_needs_no_run(project: Folder) -> None:
    project.write("defs/raw/t9.yaml", "deps: [raw/t8]\nscript: nine.py\n")
    git(project.root, "mv", "defs/raw/t9.py", "defs/raw/nine.py")
    assert rows(project) == [("plan", "script", "defs/raw/t9.yaml:2", 1)]
    assert shape(project)["stale"] == []
    project.write("defs/raw/nine.py", "print(99)\n")
    assert rows(project)[0] == ("run", "code", "defs/raw/nine.py", 1)
    project.write("defs/raw/t9.yaml", "deps: [raw/t8]\nscript: t3.py\n")  # nothing new is there
    assert rows(project)[0] == ("run", "code", "defs/raw/t3.py", 1)


def test_a_group_that_was_renamed_with_its_helpers_has_the_same_code(project: Folder) -> None:
    git(project.root, "mv", "defs/raw", "defs/bronze")
    for number in range(1, 18):
        project.write(f"defs/bronze/t{number}.yaml", f"deps: [bronze/t{number - 1}]\n")
    found = shape(project)
    assert (found["added"], found["removed"], len(found["changed"])) == ([], [], 18)
    assert {row[1] for row in rows(project)} == {"deps"}
    project.write("defs/bronze/_helper.py", "RATE = 2\n")
    assert ("run", "code", "defs/bronze/_helper.py", 1) in rows(project)


def test_assets_that_could_be_any_are_not_taken_for_renamed(project: Folder) -> None:
    for key in ("one", "empty"):
        project.write(f"defs/s/{key}.yaml", "kind: external\n" if key == "one" else "")
    project.write("defs/s/empty.py", "\n")
    commit(project.root)
    for key in ("one", "empty"):
        (project.root / f"defs/s/{key}.yaml").rename(project.root / f"defs/s/{key}2.yaml")
    (project.root / "defs/s/empty.py").rename(project.root / "defs/s/empty2.py")
    found = shape(project, "HEAD")
    assert [asset["key"] for asset in found["added"]] == ["s/empty2", "s/one2"]
    assert [asset["key"] for asset in found["removed"]] == ["s/empty", "s/one"]
    assert not found["changed"]


def test_what_only_looks_different_needs_no_run(project: Folder) -> None:
    project.write("defs/raw/t9.yaml", "deps: [raw/t8, raw/t0]\n")
    commit(project.root)
    project.write("defs/raw/t9.yaml", "deps: [{asset: raw/t0}, raw/t8]\n")
    script = project.root / "defs/raw/t5.py"
    script.write_bytes(b"\xef\xbb\xbfprint(5)\r\n")
    (project.root / "defs/raw/t6.py").chmod(0o755)
    for arguments in (["HEAD"], ["HEAD~", "HEAD"]):
        assert rows(project, *arguments) == [("about", "deps", "defs/raw/t9.yaml:1", 1)]
        assert shape(project, *arguments)["stale"] == []
        commit(project.root)


def test_a_module_that_is_gone_and_still_imported_is_told(project: Folder) -> None:
    (project.root / "defs/raw/_helper.py").unlink()
    assert rows(project) == [("run", "code", "defs/raw/_helper.py", 1)]
    commit(project.root)
    assert rows(project, "main", "branch") == [("run", "code", "defs/raw/_helper.py", 1)]


def test_values_that_are_no_numbers_are_the_same_and_those_that_look_alike_are_not(
    project: Folder,
) -> None:
    def told(extras: str) -> list[str]:
        project.write("defs/raw/t9.yaml", f"deps: [raw/t8]\nextras: {{{extras}}}\n")
        lines = run("diff", "HEAD", cwd=project.root).stdout.splitlines()
        return [line.strip().partition("  defs/")[0] for line in lines if "extras" in line]

    told("x: [.nan, 1, a, a], y: .nan")
    commit(project.root)
    assert told("x: [.nan, 1, a, a], y: .nan, z: 1") == ["extras.z  (nothing) → 1"]
    assert told("x: [.nan, true, a], y: .NaN") == ["extras.x  + true - 1 - a"]
    assert told("y: .nan, x: [1, a, a, .nan]") == ["extras.x  in another order"]


def test_a_file_of_code_paths_counts_when_it_comes_and_when_it_goes(project: Folder) -> None:
    project.write("defs/raw/t3.yaml", "deps: [raw/t2]\ncode_paths: [data/*.csv]\n")
    project.write("defs/raw/data/old.csv", "1\n")
    commit(project.root)
    (project.root / "defs/raw/data/old.csv").unlink()
    project.write("defs/raw/data/new.csv", "2\n")
    assert {row[2] for row in rows(project, "HEAD")} == {
        "defs/raw/data/old.csv", "defs/raw/data/new.csv",
    }  # fmt: skip


def test_a_project_may_be_a_folder_of_the_repository(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "top/sub")
    folder.asset("g/one", "deps: [g/two]\n")
    folder.asset("g/two")
    init(tmp_path / "top")
    commit(tmp_path / "top")
    assert run("diff", "HEAD", cwd=folder.root).stdout == "no difference\n"
    folder.asset("g/two", "owners: [team:x]\n")
    assert rows(folder, "HEAD") == [("about", "owners", "defs/g/two.yaml:1", 1)]
    commit(tmp_path / "top")
    assert rows(folder, "HEAD~", "HEAD") == [("about", "owners", "defs/g/two.yaml:1", 1)]


@pytest.mark.parametrize("words", ["main..branch", "main...branch", "main...", "..."])
def test_commits_may_be_named_as_for_git(project: Folder, words: str) -> None:
    project.write("defs/_defaults.yaml", "owners: [team:new]\n")
    commit(project.root)
    assert rows(project, words) == [("about", "owners", "defs/_defaults.yaml:1", 17)]


def test_a_commit_may_be_named_by_its_message(project: Folder) -> None:
    commit(project.root, "before the owners")
    project.write("defs/_defaults.yaml", "owners: [team:new]\n")
    assert rows(project, ":/before the") == [("about", "owners", "defs/_defaults.yaml:1", 17)]
    assert refused(":/no such", cwd=project.root).startswith("Error: git knows no branch")


def test_what_is_added_and_removed_is_told(project: Folder) -> None:
    (project.root / "defs/raw/t17.yaml").unlink()
    project.asset("raw/new", "deps: [raw/t3]\nextras: {x: 1}\n", "import json\n")
    told = run("diff", cwd=project.root).stdout
    assert told.startswith("1 added, 1 removed\n")
    assert "+ raw/new  defs/raw/new.yaml\n- raw/t17  defs/raw/t17.yaml\n" in told


def test_errors_do_not_hide_the_difference(project: Folder) -> None:
    project.write("defs/raw/t17.yaml", "deps: [raw/t16]\nownrs: []\n")
    done = run("diff", cwd=project.root)
    assert "  state  runs → quarantined" in done.stdout
    assert "manifests of the head have errors" in done.stderr


def test_defaults_that_cannot_be_read_are_one_row(project: Folder) -> None:
    """What they hide is not known, and so neither changed nor to be made again."""
    project.asset("marts/sum", "deps: [raw/t17]\n")
    project.write("defs/raw/_defaults.yaml", "tags: {tier: gold}\n")
    commit(project.root)
    project.write("defs/raw/_defaults.yaml", "\ntags: {tier: gold\n")
    for commits in (["HEAD"], ["HEAD", "HEAD~"]):  # torn, and mended
        assert rows(project, *commits) == [("plan", "state", "defs/raw/_defaults.yaml:2", 18)]
        assert shape(project, *commits)["stale"] == []
        commit(project.root, "torn")


def test_a_value_that_becomes_null_is_told(project: Folder) -> None:
    project.write("defs/raw/t9.yaml", "deps: [raw/t8]\nextras: {a: null, b: null}\n")
    commit(project.root)
    project.write("defs/raw/t9.yaml", "deps: [raw/t8]\nextras: {a: 1, b: null}\n")
    assert rows(project, "HEAD") == [("run", "extras.a", "defs/raw/t9.yaml:2", 1)]


def test_an_asset_whose_manifest_cannot_be_read_is_not_removed(project: Folder) -> None:
    """Nor is it added when it can be read again."""
    project.write("defs/raw/t17.yaml", "deps: [raw/t16\n")
    told = run("diff", cwd=project.root).stdout
    assert told.startswith("1 changed\n")
    assert "  state  runs → unreadable  defs/raw/t17.yaml:1\n    raw/t17\n" in told
    commit(project.root, "cannot be read")
    project.write("defs/raw/t17.yaml", "deps: [raw/t16]\n")
    again = run("diff", "HEAD", cwd=project.root).stdout
    assert again.startswith("1 changed\n")
    assert "  state  unreadable → runs  defs/raw/t17.yaml:1\n    raw/t17\n" in again


def test_all_assets_of_a_manifest_that_cannot_be_read_are_told(project: Folder) -> None:
    project.asset("raw/many", "assets: {left: {}, right: {}}\n")
    commit(project.root, "two at once")
    project.write("defs/raw/many.yaml", "assets: {left: {}, right: {}\n")
    told = run("diff", "HEAD", cwd=project.root).stdout
    assert told.startswith("2 changed\n")
    assert "    2 assets: raw/left, raw/right\n" in told


def test_a_new_manifest_that_cannot_be_read_is_told(project: Folder) -> None:
    project.asset("raw/torn", "tags: [\n")
    assert "+ raw/torn  defs/raw/torn.yaml" in run("diff", cwd=project.root).stdout


def test_the_exit_code_tells_scripts_whether_anything_differs(project: Folder) -> None:
    assert run("diff", "--exit-code", cwd=project.root).returncode == 0
    assert run("diff", cwd=project.root).stdout == "no difference\n"
    project.write("defs/_defaults.yaml", "owners: [team:new]\n")
    assert run("diff", "--exit-code", cwd=project.root).returncode == 1


def refused(*arguments: str, cwd: Path) -> str:
    done = run("diff", *arguments, cwd=cwd)
    assert done.returncode == 2
    return done.stderr.splitlines()[-1]


def test_what_cannot_be_compared_is_a_sentence(project: Folder, tmp_path: Path) -> None:
    assert "git knows no branch, tag or commit `brunch`: " in refused("brunch", cwd=project.root)
    assert "`branch`" in refused("brunch", cwd=project.root)
    first = git(project.root, "commit-tree", "-m", "x", git(project.root, "mktree"))
    told = f"in `{first}` there is no project at `defs`: there is nothing to compare with"
    for names in ((first,), (first, "main"), ("main", first)):
        assert told in refused(*names, cwd=project.root)
    assert "have nothing in common" in refused(f"{first}...", cwd=project.root)
    assert "is not a commit: name a branch" in refused("HEAD:defs", cwd=project.root)
    outside = Folder(tmp_path / "outside")
    outside.asset("g/a")
    assert "is not in a git repository" in refused(cwd=outside.root)


def test_a_shallow_clone_is_told_how_to_get_the_rest(project: Folder, tmp_path: Path) -> None:
    project.write("defs/_defaults.yaml", "owners: [team:new]\n")
    commit(project.root)
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{project.root}", str(clone))
    told = "this clone has only `branch` of its remote, fetch all, `git fetch --unshallow origin"
    for named in (["main"], ["origin/main"], []):  # the remote's HEAD is no default branch here
        assert told in refused(*named, cwd=clone)
    git(clone, "fetch", "--quiet", "--unshallow", "origin", "+refs/heads/*:refs/remotes/origin/*")
    assert "there is `origin/main`" in refused("main", cwd=clone)
    assert rows(Folder(clone)) == [("about", "owners", "defs/_defaults.yaml:1", 17)]


def test_a_clone_of_one_branch_is_told_how_to_get_the_others(
    project: Folder, tmp_path: Path
) -> None:
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", "--single-branch", str(project.root), str(clone))
    told = "`branch` of its remote, fetch all, `git fetch origin '+refs/heads/*:refs/remotes/origin"
    assert told in refused(cwd=clone)
    git(clone, "fetch", "--quiet", "origin", "+refs/heads/*:refs/remotes/origin/*")
    assert run("diff", cwd=clone).stdout == "no difference\n"


def test_a_project_that_was_elsewhere_is_looked_for(project: Folder) -> None:
    git(project.root, "mv", "defs", "graph")
    project.write("pyproject.toml", '[tool.pipes-projects]\ndefs = "graph"\n')
    assert refused(cwd=project.root) == (
        "Error: in `main` there is no project at `graph`, but one may be at `defs`: there is"
        " nothing to compare with"
    )


# Markdown


def test_the_comment_is_read_by_marked_and_mermaid(project: Folder) -> None:
    name = 'a|b`c`<img src=x>@octocat "q"'
    project.asset("raw/odd", f"key: {json.dumps(f'x/{name}')}\ndeps: [raw/t1]\n", "import os\n")
    project.write("defs/_defaults.yaml", f"extras: {{x: {json.dumps(name)}}}\n")
    text = run("diff", "--format", "markdown", cwd=project.root).stdout
    assert text.startswith("<!-- pipes-projects diff -->\n**Assets:** 1 added, 18 changed\n")
    cells = read_by_marked(text)
    assert ["added", f"x/{name}", "defs/raw/odd.yaml"] in cells
    (told,) = (change for value, change, *_ in cells if value == "extras.x")
    assert told == f"(nothing) → {name}"
    (drawn,) = read_by_mermaid(text.partition("```mermaid\n")[2].partition("```")[0])
    assert f"x/{name}" in {node_["text"].split("<br>")[0] for node_ in drawn["nodes"]}
    changed = [node_ for node_ in drawn["nodes"] if "changed" in node_["classes"]]
    assert len(changed) == 19


READ = """
import { marked } from "marked";
let text = ""; for await (const chunk of process.stdin) text += chunk;
const shown = (part) => part.tokens ? part.tokens.map(shown).join("") : part.text;
const found = [];
for (const { type, rows } of marked.lexer(text)) {
  for (const row of type === "table" ? rows : []) {
    const odd = row.flatMap((cell) => cell.tokens).find((part) => !/codespan|text/.test(part.type));
    if (odd) throw new Error(JSON.stringify(odd));
    found.push(row.map(shown));
  }
}
process.stdout.write(JSON.stringify(found));
"""


def read_by_marked(text: str) -> list[list[str]]:
    """The cells of all tables; anything in them but code and plain words is an error."""
    command = [node(), "--input-type=module", "--eval", READ]
    done = subprocess.run(
        command, input=text, cwd=HERE, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    found: list[list[str]] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("make", [lambda _: "x" * 200, lambda at: f"é|`{at}" * 60])
def test_the_comment_of_a_huge_change_is_one_that_github_takes(make: Callable[[int], str]) -> None:
    chance = random.Random(1)
    keys = [f"{'abc'[at % 3]}/t{at}" for at in range(600)]
    base = dict.fromkeys(keys[:400], "")
    head = {
        key: f"deps: [{keys[chance.randrange(600)]}]\nextras: {{x: {json.dumps(make(at))}}}\n"
        for at, key in enumerate(keys[100:])
    }
    files = TextFiles(frozenset(f"defs/{key}.py" for key in keys))
    before, after = (
        picture_sources(
            Sources(files, tuple(SourceFile(f"defs/{k}.yaml", t) for k, t in texts.items()))
        )
        for texts in (base, head)
    )
    text = render_markdown(compare(before, after, {}), after)
    assert 1_000 < len(text) < 65_536
    assert text.count("<details>") == text.count("</details>")


def test_a_committed_contract_is_read_however_long(folder: Folder) -> None:
    pools = [f"pool_{number:0100}" for number in range(3000)]
    published = {"version": 1, "kinds": {"subprocess": {}}, "asset_keys": [], "pools": pools}
    text = json.dumps(
        {"x-pipes-projects": {**published, "partitions_defs": {"mine": {"type": "static"}}}}
    )
    assert len(text) > 300_000
    folder.write("schemas/manifest.schema.json", text)
    folder.asset("a/one", "partitions_def: mine\n")
    init(folder.root)
    commit(folder.root, "all of it")
    folder.write("defs/a/one.yaml", "partitions_def: mine\nowners: [team:x]\n")
    told = run("diff", cwd=folder.root)
    assert told.stderr == ""
    assert told.stdout.startswith("1 changed\n")

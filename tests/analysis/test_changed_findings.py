"""What a finding depends on: one that is new is always among those that touch a change."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipes_projects.analysis.changes.findings import Declarations, declared, hidden, touching
from pipes_projects.codes import Code
from pipes_projects.compiler import Compilation, compile_sources
from pipes_projects.diagnostics import Diagnostic
from pipes_projects.disk.files import TextFiles
from pipes_projects.kinds import built_in_contract
from pipes_projects.manifest.contract import Connection, Partitions
from pipes_projects.source import MANIFEST_ENDINGS, SourceFile, Sources

CONTRACT = replace(
    built_in_contract(),
    partitions_defs={"daily": Partitions("time_window"), "region": Partitions("static")},
    connections={"warehouse": Connection("duckdb")},
)
Files = dict[str, str]


def compiled(files: Files) -> Compilation:
    return compile_sources(sources_of(files), CONTRACT)


def sources_of(files: Files) -> Sources:
    manifests = sorted(file for file in files if file.endswith(MANIFEST_ENDINGS))
    texts = tuple(SourceFile(path, files[path]) for path in manifests)
    contents = {path: text.encode() for path, text in files.items()}
    return Sources(TextFiles(frozenset(files), contents), texts)


def touched(before: Files, after: Files) -> tuple[Diagnostic, ...]:
    """The findings of `after` that touch what differs, told as `check` does."""
    paths = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    compilation = compiled(after)
    old = sources_of({path: before[path] for path in paths & before.keys()})
    twins = tuple(hidden(compilation.texts.values(), paths))
    was = declared(old._replace(manifests=(*old.manifests, *twins)), CONTRACT)
    texts = {path: before[path] for path in paths & before.keys()}
    texts |= {twin.path: twin.text for twin in twins}
    return touching(compilation, paths, was, "defs", lambda: texts)


def new(before: Files, after: Files) -> Counter[tuple[Code, str, str]]:
    old, now = (Counter(map(what, compiled(texts).diagnostics)) for texts in (before, after))
    return now - old


def what(finding: Diagnostic) -> tuple[Code, str, str]:
    return finding.code, finding.message, finding.location.path


# Random projects, in which manifests have to do with each other.

FOLDERS = ["defs/a", "defs/a/deep", "defs/b-c", "defs/d", "defs"]
STEMS = ["one", "two", "three"]
MANIFESTS = [f"{folder}/{stem}.yaml" for folder in FOLDERS for stem in STEMS]
TWINS = [f"{folder}/{stem}.yml" for folder in FOLDERS[:2] for stem in ("one", "_defaults")]
DEFAULTS = [f"{folder}/_defaults.yaml" for folder in FOLDERS]
SCRIPTS = [f"{folder}/{stem}.py" for folder in FOLDERS for stem in STEMS]
OTHERS = [
    *("defs/a/one.sh", "lib/shared.py", "defs/d/two.sql", "defs/a/two.YAML", "defs/a/One.py"),
    *("defs/a/__init__.py", "defs/a/deep/__init__.py"),
]
PYTHON = ["", "", "(", "import two", "import one, three\n(", "run('two.py')", "import dagster"]
KEYS = ["a/one", "a/two", "a/three", "d/one", "d/two", "x/same", "a/on"]

LINES = [
    *(f"key: {key}" for key in KEYS),
    *(f"deps: [{one}, {two}]" for one, two in pairwise(KEYS)),
    *(f"deps: [{key}]" for key in KEYS),
    "deps: [{asset: a/one, partition_mapping: all}]",
    *("partitions_def: daily", "partitions_def: region", "partitions_def: null"),
    *("schedule: '@daily'", "schedule: {execution_timezone: UTC}", "can_subset: true"),
    *(
        "kind: external",
        "kind: subprocess",
        "kind: other",
        "pool: p",
        "script: ../../lib/shared.py",
    ),
    *("retry_policy: {backoff: LINEAR}", "retry_policy: {delay: 3}", "retry_policy: {delay: null}"),
    *("code_paths: [one.py]", "code_paths: [../a/deep]", "extras: {helper: two.py}"),
    *("subprocess: {command: sh}", "script: one.py", "depz: 1", "backfill_policy: {}", "- ["),
    "backfill_policy: {max_partitions_per_run: 3}",
    "assets: {one: {deps: [d/two]}, two: {key: x/same}}",
    "assets: {two: {deps: [a/one, a/nowhere]}, four: {}}",
    "assets: {one: {}, two: {deps: [{asset: d/one, partition_mapping: last}]}}",
]
TEXTS = st.lists(st.sampled_from(LINES), max_size=4).map("\n".join)


@st.composite
def histories(draw: st.DrawFn) -> tuple[Files, Files]:
    """A project, and what became of it."""
    paths = st.sampled_from(MANIFESTS * 2 + TWINS + DEFAULTS)
    manifests = draw(st.dictionaries(paths, TEXTS, min_size=1, max_size=8))
    missing = draw(st.sets(st.sampled_from(SCRIPTS), max_size=5))
    others = draw(st.sets(st.sampled_from(OTHERS)))
    there = [*sorted(set(SCRIPTS) - missing), *sorted(others)]
    before = {**manifests, **{path: draw(st.sampled_from(PYTHON)) for path in there}}
    after = dict(before)
    for _ in range(draw(st.integers(1, 3))):
        change = draw(st.sampled_from([write, write, write_script, remove, rename, swap]))
        change(draw, after)
    return before, after


def write(draw: st.DrawFn, files: Files) -> None:
    there = sorted(file for file in files if file.endswith(MANIFEST_ENDINGS))
    path = draw(st.sampled_from(there + MANIFESTS + TWINS + DEFAULTS))
    files[path] = draw(TEXTS)


def write_script(draw: st.DrawFn, files: Files) -> None:
    files[draw(st.sampled_from([*SCRIPTS, *OTHERS]))] = draw(st.sampled_from(PYTHON))


def remove(draw: st.DrawFn, files: Files) -> None:
    if files:
        there = sorted(files, key=lambda name: (not name.endswith(MANIFEST_ENDINGS), name))
        del files[draw(st.sampled_from(there[:12] + there))]


def rename(draw: st.DrawFn, files: Files) -> None:
    there = sorted(file for file in files if file.endswith(MANIFEST_ENDINGS))
    if there:
        files[draw(st.sampled_from(MANIFESTS + TWINS))] = files.pop(draw(st.sampled_from(there)))


def swap(draw: st.DrawFn, files: Files) -> None:
    path = draw(st.sampled_from(SCRIPTS + OTHERS))
    if path in files:
        del files[path]
    else:
        files[path] = "new"


ONE_SCRIPT = {"defs/a/two.YAML": "", "defs/a/deep/one.py": ""}
OF_NO_KIND = {"defs/a/two.sql": "", "defs/a/one.py": ""}
OF_KIND_BY_DEFAULTS = {
    "defs/a/_defaults.yml": "kind: other", "defs/a/one.py": "", "defs/a/two.py": "",
}  # fmt: skip
OF_BROKEN_DEFAULTS = {**OF_KIND_BY_DEFAULTS, "defs/a/_defaults.yml": "- ["}
TWO_SCRIPTS = {"defs/a/two.py": "", "defs/a/two.YAML": "", "defs/a/deep/one.py": ""}


@given(histories())
@example(
    (
        {**TWO_SCRIPTS, "defs/a/two.yaml": "subprocess: {command: sh}"},
        {**TWO_SCRIPTS, "defs/a/two.yaml": ""},
    )
)
@example(({**OF_KIND_BY_DEFAULTS, "defs/a/one.yaml": ""}, OF_KIND_BY_DEFAULTS))
@example(({**OF_BROKEN_DEFAULTS, "defs/a/one.yaml": ""}, OF_BROKEN_DEFAULTS))
@example(({**OF_NO_KIND, "defs/a/two.yaml": ""}, OF_NO_KIND))
@example(({**ONE_SCRIPT, "defs/a/two.yaml": ""}, ONE_SCRIPT))
@settings(max_examples=600, deadline=None)
def test_a_finding_that_was_not_there_before_is_always_shown(history: tuple[Files, Files]) -> None:
    before, after = history
    shown = Counter(map(what, touched(before, after)))
    assert not new(before, after) - shown


# What is shown, and what is not, one by one.

BASE = {
    "defs/a/one.yaml": "", "defs/a/one.py": "",
    "defs/a/two.yaml": "deps: [a/one]\n", "defs/a/two.py": "",
    "defs/d/one.yaml": "depz: 1\n", "defs/d/one.py": "",
    "defs/d/two.yaml": "deps: [a/nothing]\n", "defs/d/two.py": "",
}  # fmt: skip


def finding_lines(**changes: str | None) -> list[str]:
    after = {**BASE}
    for name, text in changes.items():
        path = PATHS[name]
        after.pop(path, None)
        after |= {path: text} if text is not None else {}
    return [f"{finding.location.path}: {finding.code}" for finding in touched(BASE, after)]


PATHS = {
    "a_one": "defs/a/one.yaml", "a_one_twin": "defs/a/one.yml", "a_two": "defs/a/two.yaml",
    "a_defaults": "defs/a/_defaults.yaml", "d_defaults": "defs/d/_defaults.yaml",
    "defaults": "defs/_defaults.yml", "d_one": "defs/d/one.yaml", "d_script": "defs/d/one.py",
    "d_shell": "defs/d/one.sh", "d_two_script": "defs/d/two.py", "lib": "lib/x.py",
}  # fmt: skip
OLD = ["defs/d/one.yaml: unknown-key", "defs/d/two.yaml: unknown-dependency"]


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({}, []),
        ({"lib": ""}, []),
        ({"a_two": "deps: [a/one] # changed\n"}, []),
        ({"d_one": "depz: 2\n"}, OLD[:1]),
        ({"d_script": "changed"}, OLD[:1]),
        ({"d_defaults": "owners: [team:a]\n"}, OLD),
        ({"defaults": "owners: [team:a]\n"}, OLD),
        ({"a_defaults": "owners: [team:a]\n"}, []),
        (
            {"a_one": None},
            ["defs/a/one.py: script-without-manifest", "defs/a/two.yaml: unknown-dependency"],
        ),
        ({"a_one": "key: a/other\n"}, ["defs/a/two.yaml: unknown-dependency"]),
        ({"d_two_script": None}, ["defs/d/two.yaml: missing-script", OLD[1]]),
        ({"d_shell": ""}, ["defs/d/one.yaml: ambiguous-script", OLD[0]]),
        ({"a_one_twin": ""}, ["defs/a/one.yml: duplicate-manifest"]),
    ],
)
def test_a_change_shows_what_depends_on_it(changes: dict[str, str], shown: list[str]) -> None:
    assert finding_lines(**changes) == shown


UNUSED = {"defs/a/three.py": "", "defs/d/four.py": "", "defs/d/__init__.py": ""}
USED = {**UNUSED, "defs/a/two.py": "import three, four\n"}
LOOSE = {"defs/loose.py": "", "defs/a/two.py": "import loose\n"}


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        (UNUSED, {"defs/a/one.py": "changed"}, []),
        (UNUSED, {"defs/a/two.yaml": "owners: [team:a]\n", "lib/x.py": "import y\n"}, []),
        (UNUSED, {"defs/a/new.yaml": "", "defs/a/new.py": ""}, []),
        (UNUSED, {"defs/a/two.yaml": None, "defs/a/two.py": None}, []),
        (UNUSED, {"defs/a/three.py": "changed"}, ["defs/a/three.py"]),
        (USED, {"defs/a/two.py": "import three\n"}, ["defs/d/four.py"]),
        (USED, {"defs/a/two.py": ""}, ["defs/a/three.py", "defs/d/four.py"]),
        (USED, {"defs/a/two.py": None}, ["defs/d/four.py"]),
        (USED, {"defs/a/two.yaml": None}, ["defs/a/two.py", "defs/d/four.py"]),
        (USED, {"defs/a/one.yaml": "owners: [team:a]\n"}, []),
        (LOOSE, {"defs/a/one.yaml": "owners: [team:a]\n"}, []),
        (LOOSE, {"defs/a/two.py": ""}, ["defs/loose.py"]),
        ({"defs/loose.py": "", "defs/b/x.yaml": ""}, {"defs/b/x.yaml": None}, ["defs/loose.py"]),
    ],
)
def test_a_hint_about_a_file_is_shown_where_the_change_may_have_caused_it(
    before: Files, after: dict[str, str | None], shown: list[str]
) -> None:
    old = {**BASE, **before}
    new = {path: text for path, text in {**old, **after}.items() if text is not None}
    found = [
        finding for finding in touched(old, new) if finding.code is Code.SCRIPT_WITHOUT_MANIFEST
    ]
    assert [finding.location.path for finding in found] == shown


def test_a_dependency_that_a_broken_manifest_left_open_is_shown() -> None:
    before = {**BASE, "defs/a/three.yaml": "- [\n"}
    after = {**BASE, "defs/a/three.yaml": "", "defs/a/three.py": ""}
    assert [finding.location.path for finding in touched(before, after)] == ["defs/d/two.yaml"]


def test_the_manifest_of_a_dependency_shows_what_does_not_fit() -> None:
    before = {**BASE, "defs/a/two.yaml": "deps: [a/one]\npartitions_def: daily\n"}
    after = {**before, "defs/a/one.yaml": "partitions_def: region\n"}
    assert [finding.code for finding in touched(before, after)] == [Code.PARTITION_MISMATCH]


def test_nothing_is_known_of_what_was_declared_where_it_could_not_be_read() -> None:
    text = SourceFile("defs/a/one.yaml", "assets: [\n")
    was = declared(Sources(TextFiles(frozenset()), (text,)), CONTRACT)
    assert was == Declarations(frozenset(), frozenset({"a"}))


def test_a_new_manifest_shows_what_needed_the_one_that_it_hides() -> None:
    before = {**BASE, "defs/d/three.yml": "key: x/same\n", "defs/d/three.py": ""}
    before["defs/a/two.yaml"] = "deps: [x/same]\n"
    after = {**before, "defs/d/three.yaml": ""}
    found = [f"{finding.location.path}: {finding.code}" for finding in touched(before, after)]
    assert "defs/a/two.yaml: unknown-dependency" in found


def test_a_manifest_far_above_shows_that_a_schedule_has_lost_its_order() -> None:
    before = {
        "defs/a/one.yaml": "schedule: '@daily'\npartitions_def: daily\n", "defs/a/one.py": "",
        "defs/a/two.yaml": "schedule: '@daily'\ndeps: [a/one]\n", "defs/a/two.py": "",
        "defs/a/three.yaml": "schedule: '@daily'\npartitions_def: daily\ndeps: [a/two]\n",
        "defs/a/three.py": "",
    }  # fmt: skip
    after = {**before, "defs/a/one.yaml": "schedule: '@daily'\npartitions_def: region\n"}
    assert compiled(before).diagnostics == ()
    found = {
        finding.location.path
        for finding in touched(before, after)
        if finding.code is Code.SCHEDULE_ORDER
    }
    assert found == {"defs/a/three.yaml", "defs/a/two.yaml"}


QUERIES = {
    "defs/a/one.yaml": "kind: sql\nsql: {connection: warehouse}\n",
    "defs/a/one.sql": "select * from d.one\n",
    "defs/a/two.yaml": "kind: sql\nsql: {connection: warehouse}\ndeps: [d/three]\n",
    "defs/a/two.sql": "select 2\n",
    "defs/d/three.yaml": "", "defs/d/three.py": "",
}  # fmt: skip


@pytest.mark.parametrize(
    ("after", "shown"),
    [
        ({"defs/d/one.yaml": "", "defs/d/one.py": ""}, ["undeclared-dependency: defs/a/one.sql"]),
        (
            {
                "defs/d/three.yaml": "kind: sql\nsql: {connection: warehouse}\n",
                "defs/d/three.sql": "select 3\n",
                "defs/d/three.py": None,
            },
            ["unread-dependency: defs/a/two.yaml"],
        ),
        ({"defs/d/four.yaml": "", "defs/d/four.py": ""}, []),
    ],
)
def test_another_asset_shows_what_a_query_makes_of_it(
    after: dict[str, str | None], shown: list[str]
) -> None:
    changed = {path: text for path, text in {**QUERIES, **after}.items() if text is not None}
    assert not compiled(QUERIES).diagnostics
    found = touched(QUERIES, changed)
    assert [f"{finding.code}: {finding.location.path}" for finding in found] == shown

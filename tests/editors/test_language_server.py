"""What authors see in VS Code and other editors that run yaml-language-server.

In a project with the files and settings that `init` makes, and the owner of `examples/customized`.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipes_projects.kinds import BUILT_IN as BUILT_IN_KINDS
from pipes_projects.scaffold.editors import other_editors
from tests.editors.language_server import DEFAULTS, Diagnostic, LanguageServer, language_server
from tests.support.command import run

ROOT = Path(__file__).parents[2]
OWNER = ROOT / "examples/customized/definitions.py"
STRANGER = "elsewhere/group{}/some.yaml"
"""A file that the settings say nothing of."""


def made(*arguments: str | Path, cwd: Path | None = None) -> None:
    done = run(*arguments, cwd=cwd)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of three assets, with kinds and fields of its owner."""
    root = tmp_path_factory.mktemp("editors") / "project"
    made("init", root)
    shutil.copy(OWNER, root)
    made("schema", root)
    made("new", "raw/customers", cwd=root)
    made("new", "raw/orders", cwd=root)
    return root


@pytest.fixture(scope="module")
def editor(project: Path) -> Iterator[LanguageServer]:
    with language_server(project) as server:
        yield server


def labels(editor: LanguageServer, *where: str) -> list[str]:
    return [item["label"] for item in editor.complete(*where)]


def words(text: str) -> list[str]:
    return sorted(text.split())


# Completion. `|` is where the cursor stands; every list is the whole one, so nothing else is there.

KINDS = " ".join(sorted(BUILT_IN_KINDS))
BLOCKS = [kind for kind in KINDS.split() if kind != "external"]
FOR_SCRIPTS = " ".join(
    [
        *("backfill_policy", "can_subset", "code_paths", "extras", "grace", "inherit_env", "kind"),
        *("op_tags", "params", "pool", "retry_policy"),
        *("schedule", "secrets", "timeout"),
        *BLOCKS,
    ]
)
FOR_ASSETS = (
    """automation_condition cost_center freshness_policy kinds metadata owners review_by tags"""
)
FOR_ONE_ASSET = """checks code_version columns deps description key"""
KEYS = ["example/hello", "null", "raw/customers", "raw/orders"]
"""Of the assets; `null` is the end of their list in `asset-keys.json`."""
ANYTHING = f"assets script {FOR_SCRIPTS} {FOR_ASSETS} {FOR_ONE_ASSET}"


def without_other_kinds(keys: str, *kinds: str) -> str:
    """What is left to propose once a kind is written."""
    return " ".join(key for key in keys.split() if key not in ("kind", *kinds))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("|", ANYTHING),
        ("owners: [team:sales]\n|", ANYTHING.replace(" owners", "")),
        (
            "kind: sql\n|",
            without_other_kinds(ANYTHING, *{*BLOCKS} - {"sql"}),
        ),
        (
            "assets:\n  orders: {}\n|",
            f"script {FOR_SCRIPTS} {FOR_ASSETS} checks code_version deps",
        ),
        ("assets:\n  orders:\n    |", f"{FOR_ASSETS} {FOR_ONE_ASSET}"),
        (
            "assets:\n  orders:\n    deps: []\n    |",
            f"{FOR_ASSETS} {FOR_ONE_ASSET}".replace(" deps", ""),
        ),
        ("kind: |", KINDS),
        ("kind: s|", KINDS),
        ("sql:\n  |", "schema_name"),
        ("kind: sql\nsql:\n  |", "schema_name"),
        ("subprocess:\n  |", "args command cwd env environment python"),
        ("subprocess:\n  cwd: ..\n  |", "args command env environment python"),
        ("kind: sql\nsubprocess:\n  |", ""),
        ("automation_condition: |", "eager on_missing"),
        ("can_subset: |", "false true"),
        ("retry_policy:\n  |", "backoff delay jitter max_retries"),
        ("schedule:\n  |", "cron_schedule execution_timezone params"),
        ("columns:\n  - |", "description name tags type"),
        ("columns: [|]", ""),
        ("checks:\n  has_rows:\n    |", "blocking description metadata"),
        (
            "assets:\n  orders: {}\nchecks:\n  has_rows:\n    |",
            "asset blocking description metadata",
        ),
        ("extras:\n  |", ""),
    ],
)
def test_keys_and_values_are_proposed(editor: LanguageServer, text: str, expected: str) -> None:
    assert labels(editor, text) == words(expected)


@pytest.mark.parametrize("before", ["", "assets:\n  orders:\n    ", "kind: subprocess\n"])
@pytest.mark.parametrize("text", ["deps: [|]", "deps: [raw/orders, |]", "deps:\n{}- asset: |"])
def test_dependencies_are_the_assets_there_are(
    editor: LanguageServer, before: str, text: str
) -> None:
    indent = " " * (len(before.rpartition("\n")[2]) + 2)
    assert labels(editor, before + text.format(indent)) == KEYS


@pytest.mark.parametrize(
    "text", ["deps:\n  - |", "deps:\n  - raw/orders\n  - ra|", "deps: [ra|]", "deps:\n- |"]
)
def test_a_dependency_may_become_a_mapping_too(editor: LanguageServer, text: str) -> None:
    assert labels(editor, text) == sorted([*KEYS, "asset", "metadata", "partition_mapping"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("|", f"{FOR_SCRIPTS} {FOR_ASSETS}"),
        ("kind: subprocess\n|", f"{FOR_SCRIPTS} {FOR_ASSETS}".replace(" kind ", " ")),
        ("kind: |", KINDS),
        ("sql:\n  |", "schema_name"),
    ],
)
def test_defaults_propose_what_may_stand_there(
    editor: LanguageServer, text: str, expected: str
) -> None:
    assert labels(editor, text, DEFAULTS) == words(expected)


def test_what_is_proposed_is_put_in_with_its_colon(editor: LanguageServer) -> None:
    put_in = {item["label"]: item["insertText"] for item in editor.complete("|")}
    assert {
        name: put_in[name] for name in ("assets", "deps", "kind", "schedule", "sql", "tags")
    } == {
        "assets": "assets:\n  ",
        "deps": "deps:\n  - ",
        "kind": "kind: ",
        "schedule": "schedule: ",
        "sql": "sql:\n  ",
        "tags": "tags:\n  ",
    }
    retries = {item["label"]: item["insertText"] for item in editor.complete("retry_policy:\n  |")}
    assert retries["max_retries"] == "max_retries: ${1:1}"


def test_each_kind_is_explained_where_it_is_proposed(editor: LanguageServer) -> None:
    shown = {item["label"]: item["documentation"] for item in editor.complete("kind: |")}
    owned = {"sql": "Runs a query in the team's warehouse."}
    assert shown == {name: kind.description for name, kind in BUILT_IN_KINDS.items()} | owned
    assert shown["ssh"] == "Runs the script on another host."


# Hovers.


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "dep|s: []",
            "The assets that this one is made from, each by its whole key: `group/asset`.",
        ),
        ("sche|dule: 0 5 * * *", "Schedules must be switched on in Dagster."),
        ("ki|nd: sql", "* `sql`: Runs a query in the team's warehouse."),
        ("kind: s|ql", "* `sql`: Runs a query in the team's warehouse."),
        ("kind: sql\nsq|l: {}", "Options of the kind. Runs a query in the team's warehouse."),
        ("sql: {schema_|name: raw}", "The database schema that the query writes into."),
        ("subprocess: {ar|gs: [x]}", "Arguments after the script's path."),
        ("cost_c|enter: CC-1234", "Who pays: `CC-` and four digits."),
        (
            "assets:\n  orders:\n    review_b|y: 2027-01-01",
            "The day by which somebody looks whether the asset is still needed.",
        ),
        (
            "assets:\n  orders:\n    own|ers: []",
            "Who is responsible for the asset: e-mail addresses",
        ),
        ("schedule: {cron_|schedule: 0 5 * * *}", "`0 5 * * *` is every day at five."),
        ("deps:\n- {asset: raw/orders, partition_mapping: la|st}", "* `last`: The last partition"),
    ],
)
def test_a_hover_explains(editor: LanguageServer, text: str, shown: str) -> None:
    assert shown in editor.hover(text)


def test_hovers_explain_defaults(editor: LanguageServer) -> None:
    assert "Who pays: `CC-` and four digits." in editor.hover("cost_c|enter: CC-1234", DEFAULTS)


# Mistakes, as they are made: each is told once, at the word at fault.

UNKNOWN = (
    "no asset of this name is known to asset-keys.json; if it is new, run `pipes-projects editor`"
)
*FIRST, LAST = (f"`{kind}`" for kind in BUILT_IN_KINDS)
NO_KIND = f"write {', '.join(FIRST)} or {LAST}"
OF_ONE_ASSET = "this belongs to one asset: write it under its name in `assets`"
CRON = "a cron expression has five fields: minute, hour, day of the month, month, weekday"
DURATION = "write a number and its unit, as in `90s`, `24h` or `1d12h`"


def not_allowed(name: str) -> str:
    return f"Property {name} is not allowed."


def wrong_type(*types: str) -> str:
    return f"Incorrect type. Expected one of {', '.join(types)}."


@pytest.mark.parametrize(
    ("text", "line", "fault", "message"),
    [
        # Keys.
        ("owner: [team:sales]", 1, "owner", not_allowed("owner")),
        ("assets:\n  orders:\n    dep: [raw/orders]", 3, "dep", not_allowed("dep")),
        ("subprocess:\n  arg: [x]", 2, "arg", not_allowed("arg")),
        ("sql: {shema_name: raw}", 1, "shema_name", not_allowed("shema_name")),
        ("schedule: {cron: 0 5 * * *}", 1, "cron", not_allowed("cron")),
        # Kinds.
        (
            "kind: subproces",
            1,
            "subproces",
            NO_KIND,
        ),
        ("kind: [sql]", 1, "[sql]", NO_KIND),
        (
            "kind: sql\nsubprocess: {args: [x]}",
            2,
            "subprocess",
            "these are options of another kind: they need `kind: subprocess`",
        ),
        (
            "kind: external\nschedule: 0 5 * * *",
            2,
            "schedule",
            "this is not for `kind: external`, which runs nothing",
        ),
        (
            "kind: external\ncost_center: CC-1234",
            2,
            "cost_center",
            "this needs a kind that has it: subprocess, sql",
        ),
        ("kinds: sql", 1, "sql", wrong_type("array", "null")),
        (
            "assets:\n  orders: {kind: sql}",
            2,
            "kind",
            "badges are `kinds`; `kind` goes at the top",
        ),
        # Dependencies.
        ("deps: [raw/orders, raw/ordes]", 1, "raw/ordes", UNKNOWN),
        ("deps:\n  - asset: raw/ordes", 2, "raw/ordes", UNKNOWN),
        ("deps:\n  - aset: raw/orders", 2, "aset", not_allowed("aset")),
        ("deps: raw/orders", 1, "raw/orders", wrong_type("array", "null")),
        ("deps: [[raw/orders]]", 1, "[raw/orders]", UNKNOWN),
        (
            "deps: [{asset: raw/orders, partition_mapping: first}]",
            1,
            "first",
            "write `all`, `last` or `identity`",
        ),
        # What belongs to the script or to one asset, at the wrong level.
        ("assets: {orders: {}}\ndescription: All.", 2, "description", OF_ONE_ASSET),
        ("assets: {orders: {}}\ncolumns: [{name: id}]", 2, "columns", OF_ONE_ASSET),
        ("assets:\n  orders: {schedule: 0 5 * * *}", 2, "schedule", not_allowed("schedule")),
        ("assets: [orders]", 1, "[orders]", wrong_type("object")),
        # Values.
        ("can_subset: maybe", 1, "maybe", 'Incorrect type. Expected "boolean".'),
        ("retry_policy: {max_retries: many}", 1, "many", 'Incorrect type. Expected "integer".'),
        ("retry_policy: {backoff: linear}", 1, "linear", "write `LINEAR` or `EXPONENTIAL`"),
        ("owners: [sales]", 1, "sales", "an owner is an e-mail address, or `team:` and a name"),
        ("schedule: 0 5 * *", 1, "0 5 * *", CRON),
        ("freshness_policy: {time_window: {fail_window: 1 day}}", 1, "1 day", DURATION),
        ("script: /raw.py", 1, "/raw.py", "write it relative to this file, with slashes"),
        ("review_by: tomorrow", 1, "tomorrow", "String is not a RFC3339 date."),
        (
            "metadata: {dagster/column_schema: {}}",
            1,
            "dagster/column_schema",
            "declare the columns in `columns`",
        ),
        (
            "partitions_def: daily",
            1,
            "daily",
            "the platform owner publishes no partitions definitions",
        ),
        ("columns:\n  - type: text", 2, "t", 'Missing property "name".'),
    ],
)
def test_a_mistake_is_told_once(
    editor: LanguageServer, text: str, line: int, fault: str, message: str
) -> None:
    assert editor.diagnose(text) == [Diagnostic(line, fault, message)]


@pytest.mark.parametrize(
    ("text", "line", "fault", "message"),
    [
        ("owners: [team:sales]\ndeps: [raw/orders]", 2, "deps", not_allowed("deps")),
        (
            "kind: subproces",
            1,
            "subproces",
            NO_KIND,
        ),
    ],
)
def test_a_mistake_in_defaults_is_told_once(
    editor: LanguageServer, text: str, line: int, fault: str, message: str
) -> None:
    assert editor.diagnose(text, DEFAULTS) == [Diagnostic(line, fault, message)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing yet\n",
        "kind: sql\n",  # `_defaults.yaml` may have the options
        "kind: sql\nsql: {}\n",
        "sql: {schema_name: raw}\n",  # and the kind
        "deps: [raw/orders, {asset: raw/customers, partition_mapping: last}]\n",
        "owners: null\nautomation_condition: null\n",
    ],
)
def test_what_is_right_is_not_underlined(editor: LanguageServer, text: str) -> None:
    assert editor.diagnose(text) == []


# Which files, and which schemas.


def test_other_files_of_the_folder_are_left_alone(editor: LanguageServer) -> None:
    assert labels(editor, "kind: |", STRANGER) == []
    assert editor.diagnose("owner: [sales]", STRANGER) == []


@pytest.mark.parametrize("ending", ["yaml", "yml"])
def test_both_endings_are_manifests_and_defaults(editor: LanguageServer, ending: str) -> None:
    manifest, defaults = f"defs/group{{}}/deep/x.{ending}", f"defs/group{{}}/_defaults.{ending}"
    assert labels(editor, "deps: [|]", manifest) == KEYS
    assert editor.diagnose("deps: []", defaults) == [Diagnostic(1, "deps", not_allowed("deps"))]


def test_the_line_that_is_shown_for_any_editor_finds_the_schema(editor: LanguageServer) -> None:
    line = other_editors("defs").strip().splitlines()[-1].strip()
    assert line.startswith("# yaml-language-server: ")
    assert labels(editor, f"{line}\nkind: |", STRANGER) == words(KINDS)
    assert labels(editor, f"{line}\ndeps: [|]", STRANGER) == KEYS


BUILT_IN = f"{FOR_SCRIPTS} {FOR_ASSETS} script".replace(" cost_center", "").replace(
    " review_by", ""
)


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ("manifest", f"{BUILT_IN} {FOR_ONE_ASSET} assets"),
        ("single-asset", f"{BUILT_IN} {FOR_ONE_ASSET}"),
        ("multi-asset", f"{BUILT_IN} assets checks code_version deps"),
        ("defaults", BUILT_IN.replace(" script", "")),
    ],
)
def test_the_published_schemas_work_without_a_project(
    editor: LanguageServer, schema: str, expected: str
) -> None:
    uri = (ROOT / f"schemas/{schema}.schema.json").as_uri()
    assert labels(editor, f"# yaml-language-server: $schema={uri}\n|", STRANGER) == words(expected)


# A new asset.


@pytest.fixture
def copied(project: Path, tmp_path: Path) -> Iterator[LanguageServer]:
    """An editor of a project that may change."""
    shutil.copytree(project, tmp_path / "copied")
    with language_server(tmp_path / "copied") as server:
        yield server


def test_an_asset_that_new_adds_is_known_at_once(copied: LanguageServer) -> None:
    uri = copied.open("deps: [sales/daily]\n")
    assert copied.told_of(uri) == [Diagnostic(1, "sales/daily", UNKNOWN)]
    made("new", "sales/daily", cwd=copied.root)
    copied.files_changed("schemas/asset-keys.json")
    assert copied.told_of(uri) == []
    assert labels(copied, "deps: [|]") == sorted([*KEYS, "sales/daily"])


def test_an_asset_that_is_gone_is_unknown_at_once(copied: LanguageServer) -> None:
    uri = copied.open("deps: [raw/orders]\n")
    assert copied.told_of(uri) == []
    (copied.root / "defs/raw/orders.yaml").unlink()
    made("editor", copied.root)
    copied.files_changed("schemas/asset-keys.json")
    assert copied.told_of(uri) == [Diagnostic(1, "raw/orders", UNKNOWN)]
    assert labels(copied, "deps: [|]") == [key for key in KEYS if key != "raw/orders"]

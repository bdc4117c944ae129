"""What help lines show is right: who writes it has no such finding any more."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipes_projects.compiler import compile_sources
from pipes_projects.compiler.validate.miswritten.right_forms import EXAMPLES, LISTS, MAPPINGS
from pipes_projects.compiler.validate.words.other_tools import PLACE_INSIDE, PLACE_OF, SENTENCES
from pipes_projects.diagnostics import Diagnostic
from pipes_projects.disk.files import TextFiles
from pipes_projects.manifest.forms import FIELDS, MultiAssetManifest, SingleAssetManifest
from pipes_projects.manifest.model.yaml_flow import flow
from pipes_projects.source import SourceFile, Sources

_SCRIPTS = {"defs/raw/orders.py", "defs/sales/revenue.py"}
_FILES = TextFiles(frozenset({*_SCRIPTS, "defs/sales/sql/revenue.sql", "defs/sales/config.toml"}))
_SHOWN = re.compile(r"write `([a-z_]+: [^`]*)`")
_OPTIONS = {"args", "env", "command", "cwd"}
VALUES: dict[str, list[str]] = {
    "deps": [
        "[{key: raw/orders}]",
        "[{asst: raw/orders}]",
        "{raw/orders: true}",
        "raw/orders",
        "[raw/orders]",
        "{raw/orders: }",
        "{raw: [orders]}",
        "[[raw, orders]]",
    ],
    "owners": [
        "ada@example.com",
        "sales",
        "[team:sales]",
        "{team: sales}",
        "[{team: sales}]",
        "{team: [[sales]]}",
        "[[team:sales, [ada@example.com]]]",
    ],
    "tags": [
        '"tier: gold"',
        '"tier=gold, cost=low"',
        "gold",
        "[gold]",
        "[tier=gold]",
        "{tier: gold}",
        "[{tier: gold}]",
    ],
    "kinds": ["duckdb", "[duckdb]", "python, duckdb", "{duckdb: }", "[[python, [duckdb]]]"],
    "columns": [
        "[{nam: day}]",
        "[[day, date]]",
        "[null]",
        "[day]",
        "{day: date}",
        "[{day: date}]",
        "{day: {type: date}}",
        "day, revenue",
    ],
    "checks": ["has_rows", "[has_rows]", "[{name: has_rows}]", "{has_rows: {blocking: true}}"],
    "schedule": [
        "[{schedule: {cron: 0 5 * * *}}]",
        "0 5 * * *",
        '"@daily"',
        "[0 5 * * *]",
        "{cron: 0 5 * * *, tz: UTC}",
    ],
    "retry_policy": ["3", '"3"', "three", "{attempts: 3}"],
    "freshness_policy": ["24h"],
    "backfill_policy": ["single_run"],
    "code_paths": ["[[sql]]"],
    "env": [
        '"STAGE=test TEAM=a"',
        "production",
        "[STAGE=test]",
        "{STAGE: test}",
        "[{name: STAGE, value: test}]",
    ],
    "args": ["--full", "--since 2013", "[--full]", "{since: 2013}"],
    "extras": ["{since: 2013}", "[since=2013]"],
    "metadata": ["{tier: gold}", "[tier=gold]"],
    "op_tags": ["{queue: small}", "[queue=small]"],
    "params": ["{since: 2013}"],
    "assets": ["[daily]", "[{name: daily}]", "daily"],
    "pool": ["warehouse", "[warehouse]"],
    "description": ["What we sell", "1.10"],
    "command": ["python -u", "[python, -u]"],
    "cwd": [".."],
}


def found(manifest: str) -> list[Diagnostic]:
    """What is found in a manifest beside an asset that it may be made from."""
    texts = (
        SourceFile("defs/raw/orders.yaml", ""),
        SourceFile("defs/sales/revenue.yaml", manifest),
    )
    return list(compile_sources(Sources(_FILES, texts)).diagnostics)


def shown(diagnostic: Diagnostic) -> str | None:
    """The line that the help says to write, if it is one of the same manifest."""
    match = _SHOWN.search(diagnostic.help or "")
    return match[1] if match else None


@pytest.mark.parametrize("word", [word for word in PLACE_OF if PLACE_OF[word] in VALUES])
def test_the_line_shown_for_a_word_of_another_tool_is_right(word: str) -> None:
    for value in VALUES[PLACE_OF[word]]:
        for line in filter(None, map(shown, found(f"{word}: {value}\n"))):
            assert found(line) == [], (word, value)


@pytest.mark.parametrize("field", sorted((MAPPINGS | LISTS) - _OPTIONS))
def test_the_line_shown_for_a_value_of_the_wrong_shape_is_right(field: str) -> None:
    for value in VALUES.get(field, []):
        for diagnostic in found(f"{field}: {value}\n"):
            line = shown(diagnostic)
            if line and line.startswith(f"{field}: "):
                assert found(line) == [], (field, value)


@pytest.mark.parametrize("field", sorted(_OPTIONS))
def test_the_line_shown_for_an_option_of_the_wrong_shape_is_right(field: str) -> None:
    for value in VALUES[field]:
        for line in filter(None, map(shown, found(f"subprocess: {{{field}: {value}}}\n"))):
            assert found(f"subprocess: {{{line}}}\n") == [], (field, value)


@pytest.mark.parametrize(
    ("block", "help_"),
    [
        ("sql: warehouse", "write `sql: {connection: warehouse}`"),
        ("sql: select 1", "for example `sql: {connection: warehouse}`"),
        ("docker: python:3.12", "write `docker: {image: python:3.12}`"),
        ("docker: image:python:3.12", "write `image: python:3.12`"),
        ("ssh: cluster", "write `ssh: {connection: cluster}`"),
        ("ssh: python -u", "for example `ssh: {connection: cluster}`"),
        ("k8s: python -u", "write `k8s: {command: python -u}`"),
    ],
)
def test_text_in_place_of_options_is_the_option_that_the_kind_needs(block: str, help_: str) -> None:
    assert [(finding.help or "").partition("; ")[0] for finding in found(block)] == [help_]


@pytest.mark.parametrize(
    ("type_", "help_"),
    [
        *(("str", "string"), ("VARCHAR(20)", "string"), ("int", "integer"), ("bigint", "integer")),
        *(("float", "number"), ("decimal", "number"), ("bool", "boolean"), ("array", "list")),
        *(("'list[str]'", "list"), ("'string[]'", "list"), ("integr", "integer")),
    ],
)
def test_a_type_of_a_param_in_other_words_is_told_ours(type_: str, help_: str) -> None:
    (finding,) = found(f"params: {{n: {{type: {type_}}}}}")
    assert finding.help == f"write `{help_}`"
    assert finding.correction is not None
    assert finding.correction.right == help_


@pytest.mark.parametrize(
    ("type_", "help_"),
    [
        ("enum", "for the only values allowed, write `choices: [a, b]`"),
        ("dict", "mappings are written in `extras`, which the script reads in the same way"),
        *[(word, "write `string`: dates and times are text") for word in ("date", "DateTime")],
        ("any", ""),
    ],
)
def test_a_type_that_no_param_has_is_told_what_to_write_instead(type_: str, help_: str) -> None:
    (finding,) = found(f"params: {{n: {{type: {type_}}}}}")
    assert (finding.help or "").partition(", and `pattern`")[0] == help_
    assert finding.correction is None


@pytest.mark.parametrize("field", sorted(EXAMPLES.keys() - _OPTIONS - {"deps", "partitions_def"}))
def test_every_example_is_right(field: str) -> None:
    (path,) = re.findall("script: (.*)", EXAMPLES[field]) or [""]
    told = found(EXAMPLES[field])
    assert [finding for finding in told if not (path and path in finding.message)] == []


def test_no_word_of_another_tool_is_one_of_ours() -> None:
    ours = FIELDS[SingleAssetManifest] | FIELDS[MultiAssetManifest]
    assert not ours & (PLACE_OF.keys() | SENTENCES.keys())


def test_every_word_has_one_place() -> None:
    assert not PLACE_OF.keys() & SENTENCES.keys()


_KEYS = st.sampled_from(
    [
        *sorted(FIELDS[SingleAssetManifest] | FIELDS[MultiAssetManifest] | PLACE_OF.keys()),
        *sorted(SENTENCES.keys() | {word for words in PLACE_INSIDE.values() for word in words}),
        *("subprocess", "time_window", "name", "-name", "raw/orders", "a:b", "asset", "tests:[x]"),
    ]
)
_SCALARS = st.sampled_from(
    [None, True, 0, 3, 1.5, "", "x", "-x", "a:b", "raw/orders", "0 5 * * *", "team:a", "a, b"]
)
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=3),
    max_leaves=8,
)
_NO_VALUE = re.compile(r"(?<=: )null(?=[,}])|(?<=: )null$")


@given(st.dictionaries(_KEYS, _VALUES, max_size=5), st.booleans())
def test_whatever_is_written_is_told_and_nothing_is_raised(
    data: dict[str, Any], with_holes: bool
) -> None:
    lines = [f"{flow(key)}: {flow(value)}" for key, value in data.items()]
    text = "\n".join(_NO_VALUE.sub("", line) if with_holes else line for line in lines)
    for diagnostic in found(text + "\n"):
        assert diagnostic.message
        assert diagnostic.location.path.startswith("defs/")

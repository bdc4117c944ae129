"""YAML: values by its version 1.2, and the place of everything, with and without the C parser."""

import math
from json import dumps
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipes_projects.codes import Code
from pipes_projects.compiler.parse import nodes
from pipes_projects.compiler.parse.document import Document, parse
from pipes_projects.diagnostics import Diagnostic
from pipes_projects.source import Location, SourceFile


@pytest.fixture(params=["C", "pure"], autouse=True)
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test runs with the C parser and without."""
    if request.param == "pure":
        monkeypatch.setattr(nodes, "CParser", None)
    else:
        assert nodes.CParser is not None


def document(text: str) -> Document:
    parsed, found = parse(SourceFile("a.yaml", text))
    assert parsed, found
    assert found == ()
    return parsed


def refused(text: str) -> Diagnostic:
    (found,) = parse(SourceFile("a.yaml", text)).diagnostics
    return found


def shown(document: Document, location: Location) -> str:
    """The words at a place."""
    start, end = location.span
    assert start.line == end.line
    return document.source.line(start.line)[start.column : end.column]


VALUES: dict[str, Any] = {
    "NO": "NO",
    "no": "no",
    "on": "on",
    "Yes": "Yes",
    "y": "y",
    "12:30": "12:30",
    "2026-01-01": "2026-01-01",
    "1_000": "1_000",
    "0b11": "0b11",
    "010": 10,
    "0o7": 7,
    "0o8": "0o8",
    "0x1F": 31,
    "0xG": "0xG",
    "-0x1": "-0x1",
    "1e3": 1000.0,
    "1E+3": 1000.0,
    "1.10": 1.1,
    "1.": 1.0,
    ".5": 0.5,
    "-.5": -0.5,
    ".": ".",
    "+": "+",
    "+1": 1,
    "--1": "--1",
    "1.2.3": "1.2.3",
    ".inf": math.inf,
    "-.INF": -math.inf,
    ".Inf": math.inf,
    "inf": "inf",
    "nan": "nan",
    "-.nan": "-.nan",
    "~": None,
    "null": None,
    "NULL": None,
    "nULL": "nULL",
    "true": True,
    "TRUE": True,
    "False": False,
    "tRUE": "tRUE",
    "'1'": "1",
    '"true"': "true",
    "! 1": "1",
    "=": "=",
    "١": "١",
    "9" * 400: int("9" * 400),
    "9" * 500: math.inf,
    "a b": "a b",
    "a:b": "a:b",
    "a#b": "a#b",
    "a # b": "a",
    "'it''s'": "it's",
    r'"\u00e9\x41\n"': "éA\n",
    r'"\U0001F600"': "😀",
}


@pytest.mark.parametrize(("written", "value"), VALUES.items())
def test_a_scalar_has_its_value_of_yaml_1_2(written: str, value: Any) -> None:
    read = document(f"a: {written}\n").data["a"]
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize("written", [".nan", ".NaN", ".NAN"])
def test_not_a_number_is_not_a_number(written: str) -> None:
    assert math.isnan(document(f"a: {written}").data["a"])


def test_numbers_and_booleans_are_kept_as_they_are_written() -> None:
    text = "a: 1.10\nb: [0x1F, TRUE, '1', text, ~]\nc: {d: 1e3}\n007: 1\n"
    assert document(text).written == {
        ("a",): "1.10",
        ("b", 0): "0x1F",
        ("b", 1): "TRUE",
        ("c", "d"): "1e3",
        ("007",): "1",
    }


def test_keys_are_text() -> None:
    assert document("1: a\ntrue: b\nnull: c\n1.50: d\n").data == {
        "1": "a",
        "true": "b",
        "null": "c",
        "1.50": "d",
    }


@given(st.integers() | st.floats(allow_nan=False) | st.booleans() | st.none())
@settings(max_examples=200, deadline=None)
def test_numbers_of_json_are_read_as_they_are(value: Any) -> None:
    written = dumps(value).replace("-Infinity", "-.inf").replace("Infinity", ".inf")
    assert document(f"a: {written}").data == {"a": value}


FLOW = "deps: [team:x, a:b, a/b:c, 12:30, 'x:y', \"q:r\"]\ntags: {a: b, c:d, e: f:g}\n"


def test_a_colon_inside_a_word_of_a_flow_list_is_part_of_it() -> None:
    parsed = parse(SourceFile("a.yaml", FLOW)).document
    assert parsed
    assert parsed.data["deps"] == ["team:x", "a:b", "a/b:c", "12:30", "x:y", "q:r"]
    assert parsed.data["tags"] == {"a": "b", "e": "f:g"}
    (hole,) = parsed.holes.values()
    assert hole.message == "a space is missing after `c:`"
    assert shown(parsed, hole.location) == "c:d"


BLOCK = """\
# a comment: {not: read}
kind: subprocess   # spaces, and a comment
deps:
  - raw/orders
  - "raw/customers"
tags: {tier: gold, 'team x': [1, 2]}
description: |
  Two lines,
  of text
folded: >-
  one
  line
multi line: value
nested:
    deep: {a: {b: c}}
    list:
    - x: 1
      y: 2
    - - z
"""

PLACES: dict[tuple[str | int, ...], tuple[str, str]] = {
    ("kind",): ("kind", "subprocess"),
    ("deps",): ("deps", "deps"),
    ("deps", 0): ("raw/orders", "raw/orders"),
    ("deps", 1): ('"raw/customers"', '"raw/customers"'),
    ("tags",): ("tags", "{tier: gold, 'team x': [1, 2]}"),
    ("tags", "tier"): ("tier", "gold"),
    ("tags", "team x"): ("'team x'", "[1, 2]"),
    ("tags", "team x", 1): ("2", "2"),
    ("description",): ("description", "|"),
    ("folded",): ("folded", ">-"),
    ("nested", "deep", "a", "b"): ("b", "c"),
    ("nested", "list", 0): ("x: 1", "x: 1"),
    ("nested", "list", 0, "y"): ("y", "2"),
    ("nested", "list", 1, 0): ("z", "z"),
    ("tags", "missing"): ("tags", "tags"),
}


@pytest.mark.parametrize(("path", "words"), PLACES.items(), ids=str)
def test_everything_has_its_place(path: tuple[str | int, ...], words: tuple[str, str]) -> None:
    parsed = document(BLOCK)
    assert shown(parsed, parsed.key(path)) == words[0]
    assert shown(parsed, parsed.value(path)) == words[1]


def test_a_place_is_never_longer_than_its_line() -> None:
    parsed = document("a: [1,\n  2]\nb: 'x\n  y'\nc: x\n  y\n")
    assert [shown(parsed, parsed.value((key,))) for key in "abc"] == ["[1,", "'x", "x"]
    assert shown(parsed, parsed.value(("a", 1))) == "2"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_lines_end_as_editors_know_them(end: str) -> None:
    parsed = document(f"a: 1{end}b: {end}  c: 2{end}")
    assert parsed.data == {"a": 1, "b": {"c": 2}}
    assert parsed.key(("b", "c")).span.start == (2, 2)


def test_columns_are_code_points() -> None:
    parsed = document("é😀: {😀é: x}\n")
    assert parsed.key(("é😀", "😀é")).span == ((0, 5), (0, 7))


def test_an_alias_has_the_value_and_the_place_of_its_anchor() -> None:
    parsed = document("a: &owners [team:x, 1.10]\nb: *owners\nc: {d: *owners}\n")
    assert parsed.data["b"] == parsed.data["c"]["d"] == ["team:x", 1.1]
    assert parsed.data["a"] is not parsed.data["b"]
    assert parsed.written[("c", "d", 1)] == "1.10"
    assert shown(parsed, parsed.value(("b", 0))) == "team:x"
    assert shown(parsed, parsed.key(("b",))) == "b"


def test_an_anchor_can_be_given_anew() -> None:
    assert document("a: &x 1\nb: *x\nc: &x 2\nd: *x\n").data == {"a": 1, "b": 1, "c": 2, "d": 2}


def test_the_first_of_repeated_keys_counts() -> None:
    parsed, found = parse(SourceFile("a.yaml", "a: 1\n'a': 2\n"))
    assert parsed
    assert parsed.data == {"a": 1}
    assert [(finding.code, finding.location.span.start.line) for finding in found] == [
        (Code.REPEATED_KEY, 1)
    ]
    assert parsed.value(("a",)).span.start.line == 0


@pytest.mark.parametrize(
    "text", ["", "\n", "# nothing\n", "---\n", "--- # x\n...\n", "null\n", "~"]
)
def test_nothing_is_an_empty_mapping(text: str) -> None:
    assert document(text).data == {}


REFUSED = {
    "a: !!str 1": "tags such as `!!str` are not supported",
    "a: !x {}": "tags such as `!x` are not supported",
    "<<: {a: 1}": "`<<` is not part of YAML 1.2",
    "a: *x": "no anchor is called `x`",
    "a: &x [*x]": "this is nested too deeply",
    "[a]: b": "a key is text, not a list or a mapping",
    "{a: b}: c": "a key is text, not a list or a mapping",
    "a: 1\n---\nb: 2\n": "a manifest is one document, and here a second one begins",
    "a: " + "[" * 60 + "]" * 60: "this is nested too deeply",
    'a: "\\ud83d"': "this text has a character that cannot be stored",
    'a: "\\0"': "this text has a character that cannot be stored",
    "a: \x00": "a character here is not allowed in YAML",
    "a: \x07": "a character here is not allowed in YAML",
    "a: b\n\tc: d": "a tab cannot be used here",
}


@pytest.mark.parametrize(("text", "message"), REFUSED.items(), ids=map(repr, REFUSED))
def test_what_is_not_read_is_told(text: str, message: str) -> None:
    found = refused(text)
    assert found.code is Code.YAML_SYNTAX
    assert found.message == message


@pytest.mark.parametrize("key", ["a: '<<'", "'<<': b", "'a b': &anchor_1 x", "a: &x\n  b: c"])
def test_what_looks_like_it_but_is_quoted_or_new_is_read(key: str) -> None:
    assert document(key).data


def test_an_alias_bomb_is_told_and_takes_no_time() -> None:
    lines = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 20)]
    assert refused("\n".join(["a0: &a0 [x]", *lines])).message == "this has too many values"


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_what_is_nested_endlessly_is_told_and_takes_no_time(opening: str) -> None:
    assert refused(opening * 50_000).message == "this is nested too deeply"

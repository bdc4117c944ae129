"""Where everything in a document is, and what is at each place."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipes_projects.compiler.parse import nodes
from pipes_projects.compiler.parse.document import Document, KeyPath, parse
from pipes_projects.source import Location, Position, SourceFile
from tests.compiler.test_bad_input import texts


def document(text: str) -> Document | None:
    return parse(SourceFile("a.yaml", text)).document


def paths(value: Any, path: KeyPath = ()) -> Iterator[tuple[KeyPath, Any]]:
    """Every path in some data, with what is there."""
    if path:
        yield path, value
    inside = value.items() if isinstance(value, dict) else ()
    for step, inner in enumerate(value) if isinstance(value, list) else inside:
        yield from paths(inner, (*path, step))


def places(location: Location) -> list[Position]:
    """Every place in a span, and the one behind it."""
    start, end = location.span
    return [Position(start.line, column) for column in range(start.column, end.column + 1)]


def is_aliased(text: str) -> bool:
    return "*" in text  # what an alias stands for is in two paths, at one place


def assert_found(written: Document) -> None:
    for path, value in paths(written.data):
        key, at = written.key(path), written.value(path)
        if isinstance(path[-1], str):
            assert [written.path_at(place) for place in places(key)] == [path] * len(places(key))
        if not isinstance(value, dict | list):
            assert [written.path_at(place) for place in places(at)] == [path] * len(places(at))
        assert written.path_at(at.span.start)[: len(path)] == path


@given(texts() | st.text(st.sampled_from("ab:-[]{}&!|>'\"#\n\t \\"), max_size=40))
@settings(max_examples=600, deadline=None)
@example("a:\n- b\nc: 1\n")
@example("a: &x\n  b: 1\n  c: 2\n")
@example("a: &x\n- b\n- c: 1\nd:\n")
@example("a: |\n  text\nb: 1\n")
@example("a:\n  s: >-\n    text\n\n  t: 1\n")
@example("{a: [b, {c: d}], e: 'f g', ? h}")
@example("- - a\n  - b\n- c\n")
@example("a: 1\r\nb:\r\n  c: 2\r\n")
@example("  &k a: 1\n  b: 2\n")
@example("a:\n  b: [c,\n d]\n  e: f\n")
@example("assets:\n  assets:\n  daily report: {}\n: [team:sales]\n")
def test_every_key_and_value_is_found_at_its_place(text: str) -> None:
    written = document(text)
    if written and not is_aliased(text):
        assert_found(written)


def test_they_are_found_without_the_c_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nodes, "CParser", None)
    for text in (
        TEXT.replace("*them", "[]"),
        "a: &x\n- b\n- c: 1\nd: >\n  e\n\nf: 1\n",
        "{a: [b, {c: d}], e: 'f g'}",
    ):
        written = document(text)
        assert written
        assert_found(written)


TEXT = """\
description: Mean, of all  # per day
deps:
  - raw/orders
  - {asset: raw/users, partition_mapping: last}

assets:
  daily:
    tags: {tier: gold}

    owners: &them [team:x]
  weekly:
    owners: *them
    description: >
      A text
      of two lines
"""


@pytest.mark.parametrize(
    ("line", "column", "path"),
    [
        (0, 0, ("description",)),
        (0, 13, ("description",)),
        (0, 32, ("description",)),  # the rest of its line
        (1, 5, ("deps",)),
        (2, 3, ("deps",)),
        (2, 5, ("deps", 0)),
        (3, 4, ("deps", 1)),
        (3, 30, ("deps", 1, "partition_mapping")),
        (3, 44, ("deps", 1, "partition_mapping")),
        (4, 0, ()),
        (6, 20, ("assets", "daily")),
        (7, 10, ("assets", "daily", "tags")),
        (7, 13, ("assets", "daily", "tags", "tier")),
        (8, 4, ("assets", "daily")),  # where a key could begin
        (8, 2, ("assets",)),
        (9, 20, ("assets", "daily", "owners", 0)),
        (11, 15, ("assets", "weekly", "owners")),
        (14, 8, ("assets", "weekly", "description")),
        (15, 4, ("assets", "weekly", "description")),
        (99, 0, ()),
    ],
)
def test_a_place_belongs_to(line: int, column: int, path: KeyPath) -> None:
    written = document(TEXT)
    assert written
    assert written.path_at(Position(line, column)) == path


def test_nothing_is_in_an_empty_text() -> None:
    written = document("")
    assert written
    assert written.path_at(Position(3, 5)) == ()

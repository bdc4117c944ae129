"""A manifest's text says what its data say, with every comment."""

import re
from pathlib import Path
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from pipes_projects.compiler.parse.comments import Comment, comments
from pipes_projects.scaffold.importing.imported import ImportedScript
from pipes_projects.scaffold.importing.manifest_text import manifest_text

WORDS = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n"), max_size=30
)
SCALARS = WORDS | st.booleans() | st.integers() | st.none() | st.floats(-1e9, 1e9)
KEYS = WORDS.filter(bool)
DATA = st.recursive(
    SCALARS, lambda part: st.lists(part) | st.dictionaries(KEYS, part), max_leaves=20
)


def script(manifest: dict[str, Any], **given: Any) -> ImportedScript:
    place = Path("defs.yaml")
    return ImportedScript(place, 0, given.get("lines", {}), place, "g", "n", manifest, {})


@settings(max_examples=60)
@given(st.dictionaries(KEYS, DATA, min_size=1))
@example({"a": " \u2028"})
@example({"\u2029 b": ["\ufeffc", "\u2028"]})
def test_it_is_read_as_what_was_written(manifest: dict[str, Any]) -> None:
    text = manifest_text(script(manifest), [])
    assert YAML(typ="safe", pure=True).load(text) == manifest


@given(st.lists(st.booleans(), max_size=8), st.lists(st.integers(0, 9), max_size=8))
def test_no_comment_is_lost(alone: list[bool], lines: list[int]) -> None:
    notes = [
        Comment(0, line, f"# {number}", is_alone)
        for number, (line, is_alone) in enumerate(zip(lines, alone, strict=False))
    ]
    places = {("owners",): 1, ("owners", 0): 2, ("owners", 1): 4, ("deps",): 6}
    made = ImportedScript(
        Path("d"), 0, places, Path("d"), "g", "n",
        {"owners": ["a", "b"], "deps": ["x"]}, {("owners",): ("owners",), ("deps",): ("deps",)},
    )  # fmt: skip
    written = " ".join(note.text for note in comments(manifest_text(made, notes)))
    assert sorted(re.findall(r"# \d", written)) == sorted(note.text for note in notes)

"""What an editor shows as a comment, as text or as a line is read as that, by either parser."""

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipes_projects.compiler.parse import nodes
from pipes_projects.compiler.parse.document import Parsed, parse
from pipes_projects.source import SourceFile


@pytest.fixture(params=["C", "pure"], autouse=True)
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test runs with the C parser and without."""
    if request.param == "pure":
        monkeypatch.setattr(nodes, "CParser", None)


def read(text: str) -> Parsed:
    return parse(SourceFile("a.yaml", text))


def data(text: str) -> Any:
    document, found = read(text)
    assert document, found
    assert found == ()
    return document.data


def refusal(text: str) -> tuple[str, str]:
    """What is said, and the words that it is said of."""
    document, (finding,) = read(text)
    assert document is None
    start, end = finding.location.span
    return finding.message, text.split("\n")[start.line][start.column : end.column]


LONGEST_KEY = 1024
"""Of YAML: letters of a key as it is written."""
NO_BREAKS = ["\x85", "\u2028", "\u2029"]


@pytest.mark.parametrize("letter", NO_BREAKS)
def test_a_comment_goes_on_to_the_end_of_its_line(letter: str) -> None:
    assert data(f"# comment{letter}kind: external\na: 1\n") == {"a": 1}
    assert data(f"a: 1 # comment{letter}b: 2{letter}  c: 3\n") == {"a": 1}
    assert data(f"a: # {letter}&x b\n  - c # {letter}- d\n") == {"a": ["c"]}


@pytest.mark.parametrize("letter", NO_BREAKS)
@pytest.mark.parametrize(
    "written", ["{}", "'{}'", '"{}"', "[{}]", "|-\n  {}", "&x {}", "{{b: {}}}"]
)
def test_what_ends_no_line_is_a_letter(letter: str, written: str) -> None:
    text = f"x{letter}y {letter}z"
    value = data(f"a: {written.format(text)}\nc: 1\n")["a"]
    assert value in (text, [text], {"b": text})


@pytest.mark.parametrize("letter", NO_BREAKS)
def test_places_behind_such_a_letter_are_those_of_the_file(letter: str) -> None:
    document, _ = read(f"# {letter}\na: {{x{letter}: 1, b: c}}\n")
    assert document
    start, end = document.value(("a", "b")).span
    assert (start.line, start.column, end.column) == (1, 14, 15)
    message, words = refusal(f"a: 1 # {letter}\nb: *x{letter}\n")
    assert (message, words) == (f"no anchor is called `x{letter}`", f"*x{letter}")


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"], include_characters="\t\x85")))
@example("\U0010fffd\u2028\U0010fffc:\x85")
@example("\ufffe")
def test_no_comment_means_anything(comment: str) -> None:
    comment = comment.replace("\ufffe", "").replace("\uffff", "")
    text = "kind: x #{}\n#{}\ndeps: [a/b, #{}\n  team:c] #{}\n#{}"
    assert data(text.replace("{}", comment)) == {"kind": "x", "deps": ["a/b", "team:c"]}


@given(st.text(), st.booleans())
@example("😀", True)
@example("\u2028\x85\U0010fffd", False)
@example("\x1b\t\r\n", True)
@example("é" * 170, True)
def test_a_string_of_json_is_that_string(text: str, in_ascii: bool) -> None:
    written = json.dumps(text, ensure_ascii=in_ascii)
    if "\0" not in text and written.isprintable() and len(written) <= LONGEST_KEY:
        assert data(f"{{{written}: [{written}]}}") == {text: [text]}


@pytest.mark.parametrize("key", [json.dumps("é" * 171), f"'{'a' * 1100}'", "a" * 1100])
@pytest.mark.parametrize("form", ["{}: 1\n", "a: 1\n{}: 2\n", "{{{}: [1]}}", "{{b: 1, {}: [1]}}\n"])
def test_a_key_that_is_longer_than_yaml_allows_is_told_so(key: str, form: str) -> None:
    told, where = refusal(form.format(key))
    assert told == "this key is longer than YAML allows"
    assert where == key


@pytest.mark.parametrize("text", [r'"\ud83d"', r'"\ude00\ud83d"', r'"\ud83d \ude00"', r'"\uDFFFx"'])
def test_half_a_character_is_refused(text: str) -> None:
    assert refusal(f"a: {text}\n") == ("this text has a character that cannot be stored", text)


def test_tabs_part_words_as_blanks_do() -> None:
    text = "a:\t1\t# c\nb: [x,\ty]\t\n\t\nc:\n - d\t\n"
    assert data(text) == {"a": 1, "b": ["x", "y"], "c": ["d"]}
    assert data("a: x\t\n  y\t\n") == {"a": "x y"}


def test_tabs_in_text_are_text() -> None:
    text = "a:\t'x\ty'\nb: |\n  x\ty\t\n  \t# no comment\nc: \"\t\"\t# comment\n"
    assert data(text) == {
        "a": "x\ty", "b": "x\ty\t\n\t# no comment\n", "c": "\t",
    }  # fmt: skip


@pytest.mark.parametrize(
    "text", ["\ta: 1\n", "a:\n\tb: 1\n", "a:\n  \tb: 1\n", "-\t- a\n", "a: x\ty\n"]
)
def test_a_tab_where_columns_count_is_refused(text: str) -> None:
    assert refusal(text) == ("a tab cannot be used here", "\t")


REFUSED = {
    "a: 'x'#c\n": ("a `#` right behind a value begins no comment", "#"),
    "a: [x]#c\n": ("a `#` right behind a value begins no comment", "#"),
    "{a: 1}#c\n": ("a `#` right behind a value begins no comment", "#"),
    "a: {?b: c}\n": ("a `?` right before a word is not read as part of it", "?"),
    "a: 1\n\ufeffb: 2\n": ("there is an invisible character here (U+FEFF)", "\ufeff"),
    "a: x\ufeff\n": ("there is an invisible character here (U+FEFF)", "\ufeff"),
    "%YAML 1.1\n---\na: 1\n": ("lines that begin with `%` are not supported", "%YAML 1.1"),
    "%TAG ! x\n---\na: 1\n": ("lines that begin with `%` are not supported", "%TAG ! x"),
    "a: 1 # \x07\n": ("a character here is not allowed in YAML", "\x07"),
    "a: x\x0cb: 1\n": ("a character here is not allowed in YAML", "\x0c"),
}


@pytest.mark.parametrize(("text", "told"), REFUSED.items())
def test_what_only_looks_right_is_refused(text: str, told: tuple[str, str]) -> None:
    assert refusal(text) == told


def test_what_is_right_is_read() -> None:
    assert data("%YAML 1.2\n---\na: b#c\n") == {"a": "b#c"}
    assert data("\ufeffa: 'x\ufeff' #c\nb: [x?y, 'u'] # 'v'#\n") == {
        "a": "x\ufeff", "b": ["x?y", "u"],
    }  # fmt: skip


@pytest.mark.parametrize("letter", NO_BREAKS)
@pytest.mark.parametrize("written", ['"a\\{}b"', "[a, {}*]\n{}: [", "%{}", "*{}", "{{a: {}]"])
def test_what_is_said_names_no_letter_that_the_file_has_not(letter: str, written: str) -> None:
    document, found = read(f"a: {written.replace('{}', letter)}\n")
    message = "".join(f"{finding.message} {finding.help}" for finding in found)
    assert not any(ord(letter) >= 0xE000 for letter in message), message
    assert "U0010" not in message
    assert found or document


@pytest.mark.parametrize("escape", ["\\U00110000", "\\U7fffffff", "\\UFFFFFFFF", "\\U80000000"])
def test_a_number_that_no_character_has_is_refused_where_it_is(escape: str) -> None:
    told = (f"no character has the number of `{escape}`", escape)
    assert refusal(f'a: 1\nb: "x{escape}y"\n') == told
    assert refusal(f'a: "\\U0010FFFF{escape}"\n') == told

"""The pictures show what there is now, and README and the docs show them."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.pictures.pages import facts
from tests.pictures.terminal import PICTURES, TERMINALS, lines_of, printed, shown_in
from tests.support.dagster.running import ROOT

STALE = "stale: run `make pictures`, and look at them"
_SHOWN = re.compile(r"!\[([^]]*)\]\(([^)]*pictures/[\w.]+)\)")


@pytest.mark.parametrize("name", TERMINALS)
def test_a_terminal_shows_what_its_command_prints(name: str, tmp_path: Path) -> None:
    command, *lines = lines_of((PICTURES / name).read_text("utf-8"))
    assert command == f"$ pipes-projects {TERMINALS[name][0]}"
    assert lines == shown_in(printed(name, tmp_path)), STALE


def test_pages_show_what_the_flights_are() -> None:
    assert json.loads((PICTURES / "shown.json").read_text("utf-8")) == facts(), STALE


def test_pictures_are_small_and_ask_for_nothing() -> None:
    for picture in PICTURES.iterdir():
        assert picture.stat().st_size < 200_000, picture.name
    for name in TERMINALS:
        root = ElementTree.parse(PICTURES / name).getroot()
        texts = [text for part in root.iter() for text in (part.text or "", *part.attrib.values())]
        assert not [text for text in texts if "url(http" in text or "@import" in text]


def test_every_picture_is_shown_in_words_too_and_is_there() -> None:
    found: dict[str, str] = {}
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))):
        for words, path in _SHOWN.findall(page.read_text("utf-8")):
            assert (page.parent / path).is_file(), f"{page.name}: {path}"
            found[Path(path).name] = words
    assert found.keys() == {path.name for path in PICTURES.iterdir()} - {"shown.json"}
    assert all(len(words) > 20 for words in found.values()), "what is seen, in words"

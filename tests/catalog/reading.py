"""What is in the page of a catalog, read without its script."""

import base64
import gzip
import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any


class _Page(HTMLParser):
    """The elements of a page, and the texts of those with an id."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.texts: dict[str, str] = {}
        self.title = ""
        self._current = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self._current = dict(attrs).get("id") or tag

    def handle_data(self, data: str) -> None:
        self.texts[self._current] = self.texts.get(self._current, "") + data

    def handle_endtag(self, _: str) -> None:
        self._current = ""


def parsed(text: str) -> _Page:
    """As a reader of HTML has it."""
    page = _Page()
    page.feed(text)
    page.close()
    return page


def content_of(page: Path, part: str = "content") -> Any:
    """The data of a page."""
    return content_in(page.read_text("utf-8"), part)


def content_in(text: str, part: str = "content") -> Any:
    """The data in the text of a page."""
    return json.loads(gzip.decompress(base64.b64decode(parsed(text).texts[part])))

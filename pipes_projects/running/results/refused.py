"""Reports that the client in the script refused: they never arrive, but its error says which."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_ERROR: Final = re.compile(
    r"^(?:\w+\.)*DagsterPipesError: (?:"
    r"Invalid asset key\. Expected one of `.*`, got `(?P<key>.*)`\."
    r"|Calling `report_\w+` without passing an asset key is undefined\..*)\s*$",
    re.MULTILINE,
)


def refused_keys(stderr: str) -> Iterator[str | None]:
    """The key of the refused report that ended the script; None for one without a key."""
    *_, last = (None, *_ERROR.finditer(stderr))
    if last and not stderr[last.end() :].strip():
        yield last["key"]

"""An asset's description in Dagster: the author's words, the script's source inside a fence that it
cannot break, and a link to the asset's page in the catalog."""

from __future__ import annotations

import json
import re
from os.path import splitext
from typing import Final
from urllib.parse import quote

from pipes_projects.text.plain import markdown_code, one_line

LINES: Final = 200
"""How many lines of a script are shown."""
LIMIT: Final = 64 * 1024
"""How many bytes of it, as lines may be long."""
_LANGUAGES = {
    ".py": "python",
    ".ipynb": "python",
    ".sh": "bash",
    ".sql": "sql",
    ".r": "r",
    ".js": "javascript",
    ".mjs": "javascript",
    ".rb": "ruby",
    ".pl": "perl",
    ".jl": "julia",
    ".ts": "typescript",
}


def describe(*parts: str | None) -> str | None:
    """The author's words, the source in its fence, and the link: those that there are."""
    stripped = (part.strip() for part in parts if part)
    return "\n\n".join(part for part in stripped if part) or None


def page_link(catalog_url: str | None, key: str) -> str | None:
    """A link to the page of an asset, by its manifest's key; None without a catalog."""
    if catalog_url is None:
        return None
    page = "/".join(quote(part, safe="") for part in key.split("/"))
    return f"[Open in the catalog](<{catalog_url}#/asset/{page}>)"


def shown_script(source: str, path: str, more: int = 0) -> str:
    """The first lines of a script as a Markdown code block; if that is not all of it, a note below
    says where the rest is. `more` is how many lines the file has after the source."""
    ending = splitext(path)[1].lower()
    code = (_cells(source) if ending == ".ipynb" else source).rstrip()
    kept = _start(code)
    block = fenced(kept, _LANGUAGES.get(ending, ""))
    if not more and kept == code:
        return block
    left = code.count("\n") - kept.count("\n") + more
    lines = f"{left:,} more line{'s' * (left > 1)}" if left else "more"
    return f"{block}\n\n… and {lines}: the rest is in {markdown_code(one_line(path))}."


def fenced(code: str, language: str = "") -> str:
    """A Markdown code block, whose fence is longer than any run of backticks in it."""
    runs = re.findall(r"`{3,}", code) if "```" in code else ()
    fence = "`" * (max(map(len, runs), default=2) + 1)
    return f"{fence}{language}\n{code.rstrip()}\n{fence}"


def _start(code: str) -> str:
    """As many of the first lines as are shown."""
    kept = code if code.count("\n") < LINES else "\n".join(code.split("\n", LINES)[:LINES])
    if len(kept) * 4 <= LIMIT or len(raw := kept.encode()) <= LIMIT:
        return kept
    start = raw[:LIMIT].decode(errors="ignore")
    return start.rpartition("\n")[0] or start


def _cells(source: str) -> str:
    """The code of a notebook."""
    try:
        cells = json.loads(source)["cells"]
        code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError):
        return source
    return "\n\n".join(code)

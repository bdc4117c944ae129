"""A script's source, shown in an asset's description inside a fence that it cannot break."""

from __future__ import annotations

import json
import re
from os.path import splitext

LIMIT = 64 * 1024
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


def describe(text: str | None, shown: str | None) -> str | None:
    """The author's words, then the source in its fence; None if there is neither."""
    return "\n\n".join(part for part in (text and text.strip(), shown) if part) or None


def fenced(source: str, path: str, more: int = 0) -> str:
    """The source as a Markdown code block, whose fence is longer than any run of backticks in it;
    `more` is how many lines follow that are not shown."""
    ending = splitext(path)[1].lower()
    code, note = _cut(_cells(source) if ending == ".ipynb" else source, more)
    runs = re.findall(r"`{3,}", code) if "```" in code else ()
    fence = "`" * (max(map(len, runs), default=2) + 1)
    language = _LANGUAGES.get(ending, "")
    return f"{fence}{language}\n{code.rstrip()}\n{fence}{note}"


def _cut(code: str, more: int) -> tuple[str, str]:
    if len(code) * 4 <= LIMIT or len(raw := code.encode()) <= LIMIT:
        return code, ""
    start = raw[:LIMIT].decode(errors="ignore")
    kept = start.rpartition("\n")[0] or start
    more += len(code.splitlines()) - len(kept.splitlines())
    return kept, f"\n\n… and {more} more lines: the source is cut at 64 KB."


def _cells(source: str) -> str:
    """The code of a notebook."""
    try:
        cells = json.loads(source)["cells"]
        code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError):
        return source
    return "\n\n".join(code)

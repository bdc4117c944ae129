"""A script's source, shown in an asset's description inside a fence that it cannot break."""

from __future__ import annotations

import json
import re
from pathlib import Path, PurePath

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


def describe(text: str | None, source: str | None, path: Path | None) -> str | None:
    """The author's words, then the source; None where there is neither."""
    shown = fenced(source, path) if source and path else None
    return "\n\n".join(part for part in (text and text.strip(), shown) if part) or None


def fenced(source: str, path: PurePath) -> str:
    """The source as a Markdown code block that is longer than any run of backticks in it."""
    code, note = _cut(_cells(source) if path.suffix == ".ipynb" else source)
    longest = max((len(run) for run in re.findall(r"`{3,}", code)), default=2)
    fence = "`" * (longest + 1)
    language = _LANGUAGES.get(path.suffix.lower(), "")
    return f"{fence}{language}\n{code.rstrip()}\n{fence}{note}"


def _cut(code: str) -> tuple[str, str]:
    raw = code.encode()
    if len(raw) <= LIMIT:
        return code, ""
    kept = raw[:LIMIT].decode(errors="ignore").rpartition("\n")[0]
    more = len(code.splitlines()) - len(kept.splitlines())
    return kept or raw[:LIMIT].decode(
        errors="ignore"
    ), f"\n\n… and {more} more lines: the source is cut at 64 KB."


def _cells(source: str) -> str:
    """Of a notebook, the code."""
    try:
        cells = json.loads(source)["cells"]
        code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError):
        return source
    return "\n\n".join(code)

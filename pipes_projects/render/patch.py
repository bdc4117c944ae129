"""Changes of files as a patch that git and `patch` apply."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import unified_diff


def file_patch(path: str, old: str, new: str | None, now: str | None = None) -> Iterator[str]:
    """The hunks of a file whose text changes, and which may move to `now`; without `new` it is
    removed."""
    after = "/dev/null" if new is None else f"b/{now or path}"
    for line in unified_diff(_lines(old), _lines(new or ""), f"a/{path}", after):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def new_file(path: str, text: str) -> Iterator[str]:
    """A file that is created."""
    yield f"diff --git a/{path} b/{path}\nnew file mode 100644\n"
    for line in unified_diff([], _lines(text), "/dev/null", f"b/{path}"):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def head(path: str, now: str | None = None) -> str:
    """The lines that introduce a file's changes, and say that it moves."""
    now = now or path
    moved = f"rename from {path}\nrename to {now}\n" if now != path else ""
    return f"diff --git a/{path} b/{now}\n{moved}"


def _lines(text: str) -> list[str]:
    """Lines as `patch` counts them: only LF ends one."""
    parts = text.split("\n")
    return [f"{part}\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])

"""The commits in a copy of a deployment repository: reads what is in them, and makes new ones."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from secrets import token_hex
from typing import Final, NamedTuple

from pipes_projects.analysis.git.bare import BareGit
from pipes_projects.analysis.git.process import text_of

_REF: Final = "refs/pipes-projects/made"
"""`fast-import` makes a commit under a name, which is gone again when it ends."""
_WHO: Final = "pipes-projects <pipes-projects@localhost>"
"""Who makes commits; the ledger says who ships."""
_BATCH: Final = 32 * 2**20
"""How many bytes of files are held in memory."""


class Found(NamedTuple):
    """A file or a folder in a commit."""

    path: str
    is_folder: bool
    id: str


class Edits(NamedTuple):
    """What a commit changes."""

    puts: Mapping[str, str | bytes]
    """The content of files, or the id of a blob that has it, by path."""
    removes: Iterable[str] = ()
    """Files, and folders with everything in them."""


class Trees:
    """Reads the commits of a copy, and makes new ones."""

    def __init__(self, git: BareGit) -> None:
        self._git = git

    def kinds(self, commit: str | None, paths: Sequence[str]) -> list[str | None]:
        """What is at each path: `blob` for a file, `tree` for a folder, None for nothing."""
        if commit is None:
            return [None] * len(paths)
        asked = "".join(f"{commit}:{path}\n" for path in paths)
        told = self._git("cat-file", "--batch-check=%(objecttype)", given=os.fsencode(asked))
        lines = text_of(told).split("\n")
        return [line if line in ("blob", "tree") else None for line in lines]

    def inside(self, commit: str | None, folder: str) -> Iterator[Found]:
        """What is directly in a folder; an empty path is the top."""
        return self._listed(commit, *(("--", f"{folder}/") if folder else ()))

    def files(self, commit: str | None, folders: Iterable[str]) -> Iterator[Found]:
        """All files in some folders, however deep."""
        return self._listed(commit, "-r", "--", *(f"{folder}/" for folder in folders))

    def read(self, commit: str | None, path: str) -> bytes | None:
        """What is in a file; None if there is no such file."""
        if commit is None:
            return None
        told = self._git("cat-file", "--batch", given=os.fsencode(f"{commit}:{path}\n"))
        head, _, rest = told.partition(b"\n")
        return rest[:-1] if head.split(b" ")[1:2] == [b"blob"] else None

    def tree(self, commit: str | None) -> str | None:
        """The id of everything in a commit: two with the same have the same files."""
        return self._git.line("rev-parse", f"{commit}^{{tree}}") if commit else None

    def has_message(self, commit: str, text: str) -> bool:
        """Whether the message of a commit, or of one before it, has a text."""
        words = ("-1", "--format=%H", "--fixed-strings", f"--grep={text}")
        return bool(self._git("log", *words, commit))

    def added(self, commit: str | None, folder: str) -> dict[str, float]:
        """When the files in a folder were put there, in seconds since 1970, by path."""
        if commit is None or not folder:
            return {}
        words = ("--format=%x00%ct", "--name-only", "--no-renames", "--diff-filter=A")
        told = self._git("log", *words, "-z", commit, "--", folder)
        return _times(os.fsdecode(told))

    def blobs(self, files: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, str]]:
        """Write the contents of files; yields each path, with the id of its content."""
        batch: list[tuple[str, bytes]] = []
        size = 0
        for path, data in files:
            batch.append((path, data))
            size += len(data)
            if size > _BATCH:
                yield from self._written(batch)
                batch, size = [], 0
        yield from self._written(batch)

    def commit(self, tree_of: str | None, edits: Edits, parent: str | None, message: str) -> str:
        """Make a commit that has what another has, or nothing, with some edits. Only we know it,
        until it is pushed: `git gc` keeps such commits for two weeks."""
        text = message.encode("utf-8", "surrogateescape")
        head = f"commit {_REF}/{token_hex(8)}\nmark :1\ncommitter {_WHO} {int(time.time())} +0000\n"
        lines = [head.encode(), b"data %d\n%s\n" % (len(text), text)]
        lines += [f"from {parent}\n".encode()] if parent else []
        if parent is None or parent != tree_of:
            lines.append(b"deleteall\n")
            tree = self.tree(tree_of)
            lines += [f'M 040000 {tree} ""\n'.encode()] if tree else []
        lines += (b"D %s\n" % _quoted(path) for path in edits.removes)
        lines += (_put(path, content) for path, content in edits.puts.items())
        forgotten = head.partition("\n")[0].replace("commit", "reset")
        lines.append(f"\nget-mark :1\n{forgotten}\nfrom {'0' * 40}\n".encode())
        return text_of(self._import(b"".join(lines)))

    def _written(self, batch: list[tuple[str, bytes]]) -> Iterator[tuple[str, str]]:
        if not batch:
            return
        parts = [
            b"blob\nmark :%d\ndata %d\n%s\n" % (number, len(data), data)
            for number, (_, data) in enumerate(batch, start=1)
        ]
        parts += (b"get-mark :%d\n" % number for number in range(1, len(batch) + 1))
        ids = text_of(self._import(b"".join(parts))).split("\n")
        yield from zip((path for path, _ in batch), ids, strict=True)

    def _import(self, stream: bytes) -> bytes:
        return self._git("fast-import", "--quiet", "--date-format=raw", given=stream)

    def _listed(self, commit: str | None, *words: str) -> Iterator[Found]:
        options, paths = _split(words)
        told = self._git("ls-tree", "-z", *options, commit, *paths) if commit else b""
        for line in filter(None, told.split(b"\0")):
            head, _, path = line.partition(b"\t")
            _, kind, id_ = head.decode("ascii").split()
            yield Found(os.fsdecode(path), kind == "tree", id_)


def _split(words: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    at = words.index("--") if "--" in words else len(words)
    return words[:at], words[at:]


def _put(path: str, content: str | bytes) -> bytes:
    if isinstance(content, str):
        return b"M 100644 %s %s\n" % (content.encode(), _quoted(path))
    return b"M 100644 inline %s\ndata %d\n%s\n" % (_quoted(path), len(content), content)


def _quoted(path: str) -> bytes:
    """A path as `fast-import` reads it, whatever is in it."""
    text = path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return b'"%s"' % os.fsencode(text)


def _times(told: str) -> dict[str, float]:
    """From what `git log` says, the newest commit first."""
    times: dict[str, float] = {}
    at = 0.0
    for part in told.split("\0"):
        text = part.removeprefix("\n")
        if text.isdigit():
            at = float(text)
        elif text:
            times.setdefault(text, at)
    return times

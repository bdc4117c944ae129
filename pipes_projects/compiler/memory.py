"""What a compilation made of each part, kept for the next one: only changed parts are made
again."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from operator import is_
from typing import Any, NamedTuple, TypeVar, TypeVarTuple, cast

from pipes_projects.compiler.parse.document import Parsed, parse
from pipes_projects.diagnostics import Correction
from pipes_projects.disk.files import Files, T
from pipes_projects.manifest.contract import Contract
from pipes_projects.source import SourceFile

Parts = TypeVarTuple("Parts")
R = TypeVar("R")
_BY_VALUE = (SourceFile, str, bytes, Correction)


class _Kept(NamedTuple):
    made_of: tuple[Any, ...]
    result: Any


class Memory:
    """Makes compiling a project again as cheap as what has changed in it.

    Whoever compiles a project repeatedly (an editor, a watcher) passes the same memory each time.
    It holds only what the last compilation used, and is for one thread.
    """

    def __init__(self) -> None:
        self._parse: Callable[[SourceFile], Parsed] = parse
        self._contract: Contract | None = None
        self._last: dict[Hashable, _Kept] = {}
        self._now: dict[Hashable, _Kept] = {}

    @property
    def contract(self) -> Contract | None:
        """The contract of the last compilation; None before the first."""
        return self._contract

    def begin(self, contract: Contract) -> Contract:
        """Start a compilation, and forget what the last one did not use. Returns the contract to
        compile with: the earlier one, if it says the same."""
        self._last, self._now = self._now, {}
        if self._contract is None or not _says_the_same(self._contract, contract):
            self._contract = contract
        return self._contract

    def recall(self, name: Hashable, make: Callable[[*Parts], R], *parts: *Parts) -> R:
        """What `make` makes of the parts: what is kept under this name, if the parts are the same.

        Texts, contents and corrections are the same if they are equal; anything else only if it is
        the same object.
        """
        key = (make, name)
        kept = self._now.get(key) or self._last.get(key)
        if kept is None or not _same(kept.made_of, parts):
            kept = _Kept(parts, make(*parts))
        self._now[key] = kept
        return cast("R", kept.result)

    def judged(self, files: Files, path: str, judge: Callable[[bytes], T | None]) -> T | None:
        """See `Files`: a file that was read again is judged again only if its content has
        changed."""
        return files.judged(path, lambda content: self.recall(path, judge, content))


def reading_with(reader: Callable[[SourceFile], Parsed]) -> Memory:
    """A memory whose texts are read by somebody who may know what they say."""
    memory = Memory()
    memory._parse = reader
    return memory


def reader_of(memory: Memory) -> Callable[[SourceFile], Parsed]:
    """What reads the texts: with a memory of one's own, always the parser."""
    return memory._parse


def _same(before: tuple[Any, ...], now: tuple[Any, ...]) -> bool:
    if len(before) != len(now):
        return False
    pairs = zip(before, now, strict=True)
    return all(map(is_, before, now)) or all(
        a is b or (isinstance(a, _BY_VALUE) and a == b) for a, b in pairs
    )


def _says_the_same(one: Contract, other: Contract) -> bool:
    return one is other or (one == other and repr(one) == repr(other))  # True equals 1

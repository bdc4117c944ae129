"""Puts many files at once, for storages where the way there takes longer than the work."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Final

BATCH: Final = 256
"""How many files are held in memory."""


def put_side_by_side(
    files: Iterable[tuple[str, bytes]],
    put: Callable[[str, bytes], object],
    workers: int,
    progress: Callable[[int], None] | None,
) -> None:
    """Put each file; the first error ends it."""
    done = 0
    pool = ThreadPoolExecutor(workers)
    try:
        for batch in _batches(files):
            for _ in pool.map(lambda file: put(*file), batch):
                done += 1
                if progress:
                    progress(done)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _batches(files: Iterable[tuple[str, bytes]]) -> Iterator[list[tuple[str, bytes]]]:
    rest = iter(files)
    while batch := list(islice(rest, BATCH)):
        yield batch

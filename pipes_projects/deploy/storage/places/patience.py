"""Gives up on a server that has stopped answering: some of its clients would wait for ever."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import Any, Final

from fsspec.asyn import AsyncFileSystem

SECONDS: Final = 300
"""How long a verb may take, with all that a client tries again meanwhile."""
SLOWEST: Final = 100_000
"""How many bytes a server takes or gives in a second, at least, on top of that."""


def ask(files: Any, verb: str, *arguments: Any, size: int = 0, **named: Any) -> Any:
    """What a file system of fsspec answers to a verb about so many bytes.

    Raises what the file system raises, and `TimeoutError` if it has not answered in time.
    """
    seconds = SECONDS + size / SLOWEST
    if isinstance(files, AsyncFileSystem):  # fsspec keeps the time itself, and ends what it began
        return getattr(files, verb)(*arguments, timeout=seconds, **named)
    return _in_time(seconds, lambda: getattr(files, verb)(*arguments, **named))


def _in_time(seconds: float, call: Callable[[], Any]) -> Any:
    """What is returned; a call that goes on for longer is left alone, and ends with the process."""
    answer: Future[Any] = Future()
    Thread(target=_answer, args=(answer, call), daemon=True).start()
    return answer.result(seconds)


def _answer(answer: Future[Any], call: Callable[[], Any]) -> None:
    try:
        answer.set_result(call())
    except BaseException as error:
        answer.set_exception(error)

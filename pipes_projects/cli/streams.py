"""Standard output and standard error: every command writes here, and only here.

All text passes through `pipes_projects.text.plain` here, and is written in any encoding: letters
that the encoding lacks are spelled with others, or escaped.
"""

from __future__ import annotations

import codecs
import os
import re
import sys
from collections.abc import Callable
from contextlib import suppress
from threading import RLock
from typing import Final, TextIO

import click

from pipes_projects.text.plain import ascii_json, ascii_xml, shown, shown_lines, spelt

_PAINT: Final = re.compile(r"(\x1b\[[0-9;]*m)")
_ASCII: Final[dict[str, Callable[[str], str]]] = {"json": ascii_json, "xml": ascii_xml}


class _Screen:
    """What is on a terminal but no part of the output: erased before anything is written."""

    def __init__(self) -> None:
        self.lock = RLock()
        """Held by whoever writes."""
        self.erase: Callable[[], object] | None = None
        """Erases what is there; None where nothing is."""

    def clear(self) -> None:
        """Erase it."""
        with self.lock, suppress(OSError, ValueError):
            erase, self.erase = self.erase, None
            if erase:
                erase()


SCREEN: Final = _Screen()


def say(line: str) -> None:
    """A line for standard output."""
    _write(f"{shown(line)}\n", sys.stdout)


def tell(line: str) -> None:
    """A line for standard error: anything that is not the command's answer."""
    _write(f"{shown(line)}\n", sys.stderr)


def show(lines: str, err: bool = False) -> None:
    """Whole lines for people."""
    _write(shown_lines(lines), sys.stderr if err else sys.stdout)


def show_painted(lines: str, err: bool = False) -> None:
    """Lines for people, with our colours; each word has already passed through `shown`."""
    parts = enumerate(_PAINT.split(lines))
    _write(
        "".join(part if is_paint % 2 else shown_lines(part) for is_paint, part in parts),
        sys.stderr if err else sys.stdout,
    )


def hand_over(document: str, syntax: str = "json") -> None:
    """A document for programs, in UTF-8; JSON and XML in ASCII if UTF-8 is not expected."""
    escape = None if _is_utf_8(sys.stdout) else _ASCII.get(syntax)
    _echo((escape(document) if escape else document).encode("utf-8"), sys.stdout)


def hand_over_patch(patch: str) -> bool:
    """A patch for programs, as is; if parts cannot be shown, for people only, and returns False.

    Tabs, line endings and a byte order mark are kept as in the files.
    """
    plain = patch.replace("\r\n", "\n").replace("\t", " ").replace("\ufeff", "")
    is_plain = shown_lines(plain) == plain
    if is_plain:
        hand_over(patch, "lines")
    else:
        show(patch)
    return is_plain


def tell_refusal(error: click.ClickException) -> None:
    """Say why a command does nothing, and how to call it."""
    context = getattr(error, "ctx", None)
    if context is not None:
        show(f"{context.get_usage()}\nTry '{context.command_path} --help' for help.\n\n", err=True)
    tell(f"Error: {error.format_message()}")


def abandon(stream: TextIO | None) -> None:
    """Lose what could not be written, and all that follows: Python would try again at its end."""
    with suppress(OSError, ValueError, AttributeError):  # it is closed, or not a descriptor
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, stream.fileno())  # type: ignore[union-attr]
        os.close(nothing)


def _write(text: str, stream: TextIO | None) -> None:
    try:
        _echo(spelt(text, encoding_of(stream)), stream)
    except OSError:
        if stream is not sys.stderr:
            raise
        abandon(stream)  # there is nobody to tell, and no reason not to go on


def _echo(text: str | bytes, stream: TextIO | None) -> None:
    with SCREEN.lock:
        SCREEN.clear()
        click.echo(text, file=stream, nl=False, color=True)


def encoding_of(stream: TextIO | None) -> str:
    """The encoding of a stream; UTF-8 if it has none."""
    return getattr(stream, "encoding", None) or "utf-8"


def _is_utf_8(stream: TextIO | None) -> bool:
    return codecs.lookup(encoding_of(stream)).name == "utf-8"

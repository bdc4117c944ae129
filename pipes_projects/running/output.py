"""What a script prints, on its way to whoever looks: live, and with secrets masked.

Bytes are passed on as they are: nothing here decodes, or waits for a line to end.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable
from threading import Thread

MASK = b"********"
_CHUNK = 1 << 16
_TAIL = 1 << 15

Write = Callable[[bytes], object]


class Masking:
    """Takes secrets out of bytes that come in pieces."""

    def __init__(self, secrets: Iterable[str], write: Write) -> None:
        forms = {form for secret in secrets for form in forms_of(secret)}
        self.secrets = sorted(forms, key=len, reverse=True)
        self.write = write
        self.held = b""

    def __call__(self, data: bytes) -> None:
        """Pass on what cannot be the beginning of a secret."""
        data = masked(self.held + data, self.secrets)
        keep = max((_overlap(data, secret) for secret in self.secrets), default=0)
        self.held = data[len(data) - keep :]
        if keep < len(data):
            self.write(data[: len(data) - keep])

    def close(self) -> None:
        """Pass on what was held back."""
        if self.held:
            self.write(self.held)
        self.held = b""


def forms_of(secret: str) -> set[bytes]:
    """A secret as it may be printed: whole, and each of its lines that is long enough to matter."""
    whole = secret.encode()
    lines = {line.strip() for line in whole.splitlines()}
    return {form for form in (whole, *(it for it in lines if len(it) > 5)) if form}


def masked(data: bytes, secrets: Iterable[bytes]) -> bytes:
    """The bytes without the secrets, the longest first."""
    for secret in secrets:
        data = data.replace(secret, MASK)
    return data


def masked_text(text: str, secrets: Iterable[str]) -> str:
    """The text without the secrets."""
    forms = sorted({form for it in secrets for form in forms_of(it)}, key=len, reverse=True)
    return masked(text.encode("utf-8", "surrogatepass"), forms).decode("utf-8", "surrogatepass")


def _overlap(data: bytes, secret: bytes) -> int:
    """How many of the last bytes may begin the secret."""
    longest = min(len(secret) - 1, len(data))
    start = len(data) - longest
    while (start := data.find(secret[:1], start)) >= 0:
        if secret.startswith(data[start:]):
            return len(data) - start
        start += 1
    return 0


class Tail:
    """The last of what passes, for the error at hand."""

    def __init__(self) -> None:
        self.pieces: deque[bytes] = deque()
        self.size = 0

    def __call__(self, data: bytes) -> None:
        """Keep it, and forget as much of what came first."""
        self.pieces.append(data)
        self.size += len(data)
        while self.size - len(self.pieces[0]) > _TAIL:
            self.size -= len(self.pieces.popleft())

    @property
    def text(self) -> str:
        """What is kept, as text."""
        return b"".join(self.pieces)[-_TAIL:].decode("utf-8", "replace")


class Pump:
    """Carries one stream of a script on, in a thread of its own."""

    def __init__(self, stream: int, write: Write, secrets: Iterable[str]) -> None:
        self.stream = stream
        self.tail = Tail()
        self.out = write
        self.masking = Masking(secrets, self._pass_on)
        self.thread = Thread(target=self._carry, name="script-output", daemon=True)
        self.thread.start()

    def _pass_on(self, data: bytes) -> None:
        self.tail(data)
        try:
            self.out(data)
        except (OSError, ValueError):
            return  # nobody looks any more: the script goes on all the same

    def _carry(self) -> None:
        try:
            while data := os.read(self.stream, _CHUNK):
                self.masking(data)
        finally:
            self.masking.close()
            os.close(self.stream)

    def wait(self, seconds: float) -> None:
        """Wait for the end of the stream; not for ever, for a process that escaped may hold it."""
        self.thread.join(seconds)


def to_descriptor(number: int) -> Write:
    """Writes all to a file descriptor, however little it takes at a time."""

    def write(data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(number, view) :]

    return write

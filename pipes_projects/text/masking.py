"""Secrets, taken out of whatever shows them: bytes that come in pieces, text, and data."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any, AnyStr
from urllib.parse import quote, quote_plus

MASK = b"********"
SHORTEST = 3
"""Characters of a secret: fewer are part of so many words that masking them would make these
unreadable, and tell by the gaps what they are."""

Write = Callable[[bytes], object]


def can_be_masked(secret: str) -> bool:
    """Whether it is long enough."""
    return len(secret.strip()) >= SHORTEST


class Masking:
    """Takes secrets out of bytes that come in pieces."""

    def __init__(self, secrets: Iterable[str], write: Write) -> None:
        self.secrets = all_forms(secrets)
        self.write = write
        self.held = b""
        self.covered = 0
        """How much of what is held a mask that was written stands for already."""

    def __call__(self, data: bytes) -> None:
        """Pass on whatever cannot be the beginning of a secret."""
        data = self.held + data
        self._pass_on(data, len(data) - _longest_overlap(data, self.secrets))

    def close(self) -> None:
        """Pass on what was held back."""
        self._pass_on(self.held, len(self.held))

    def _pass_on(self, data: bytes, end: int) -> None:
        shown, reached = _shown(data, self.secrets, self.covered, end)
        self.held, self.covered = data[end:], reached - end
        if shown:
            self.write(shown)


def forms_of(secret: str) -> set[bytes]:
    """The forms in which a secret may show up: whole, each line that is long enough to matter,
    these as written in JSON, URLs and by Python's `repr`, and the base64 of the whole."""
    lines = {line for line in map(str.strip, secret.splitlines()) if len(line) >= _LONG}
    texts = {secret, secret.strip(), *lines}
    texts |= {form for text in texts for form in _quoted(text)}
    texts |= set(_encoded(secret.strip()))
    return {text.encode("utf-8", "surrogateescape") for text in texts if text}


_LONG = 6


def _quoted(text: str) -> Iterator[str]:
    data = text.encode("utf-8", "surrogateescape")
    yield json.dumps(text)[1:-1]
    yield json.dumps(text, ensure_ascii=False)[1:-1]
    yield quote(data, safe="")
    yield quote(data)
    yield quote_plus(data)
    yield repr(text)[1:-1]
    yield repr(data)[2:-1]


def _encoded(text: str) -> Iterator[str]:
    """Its base64, even in the middle of something, as when `user:password` is sent."""
    data = text.encode("utf-8", "surrogateescape")
    if len(data) < _LONG:
        return
    for before in range(3):
        whole = base64.b64encode(bytes(before) + data)
        first, last = -(-before * 4 // 3), (before + len(data)) // 3 * 4
        yield whole[first:last].decode()
        yield whole[first:last].translate(_FOR_URLS).decode()


_FOR_URLS = bytes.maketrans(b"+/", b"-_")


def all_forms(secrets: Iterable[str]) -> list[bytes]:
    """The forms of all secrets, the longest first, so that none hides another."""
    forms = {form for secret in secrets for form in forms_of(secret)}
    return sorted(forms, key=lambda form: (-len(form), form))


def masked(data: AnyStr, secrets: Iterable[AnyStr]) -> AnyStr:
    """Bytes or text without the secrets, also where these overlap."""
    return _shown(data, secrets, 0, len(data))[0]


def _shown(data: AnyStr, secrets: Iterable[AnyStr], start: int, end: int) -> tuple[AnyStr, int]:
    """What is shown of a part of the data, and where that ends, which may be in a secret."""
    mask = MASK if isinstance(data, bytes) else MASK.decode()
    pieces, reached = list[AnyStr](), start
    for first, after in _places(data, secrets):
        if first >= end:
            break
        if first >= reached:
            pieces += [data[reached:first], mask]
        reached = max(reached, after)
    pieces.append(data[reached:end])
    return data[:0].join(pieces), max(reached, end)


def _places(data: AnyStr, secrets: Iterable[AnyStr]) -> list[tuple[int, int]]:
    """Where each of the secrets begins and ends, in order."""
    places = []
    for secret in secrets:
        at = data.find(secret)
        while at >= 0:
            places.append((at, at + len(secret)))
            at = data.find(secret, at + 1)
    return sorted(places)


class DataMasking:
    """Takes secrets out of JSON-like data."""

    def __init__(self, secrets: Iterable[str], public: Iterable[str] = ()) -> None:
        self.forms = [form.decode("utf-8", "surrogateescape") for form in all_forms(secrets)]
        self.public = frozenset(public)
        """Words that are not secrets, whatever they contain: names that manifests declare."""

    def __call__(self, value: Any) -> Any:
        """The data without the secrets; keys of mappings are data too."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {self(key): self(part) for key, part in value.items()}
        if isinstance(value, list):
            return [self(part) for part in value]
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return self.number(value) if is_number else value

    def text(self, text: str) -> str:
        """A text without the secrets."""
        if text in self.public:
            return text
        return masked(text, self.forms)

    def number(self, number: float) -> Any:
        """A number, unless it is itself a secret of some length."""
        shown = str(number)
        return MASK.decode() if len(shown) >= _LONG and shown in self.forms else number

    def beginning(self, text: str) -> str:
        """A text without the secrets, which was cut off, perhaps in the middle of one."""
        end = len(text) - _longest_overlap(text, self.forms)
        return _shown(text, self.forms, 0, end)[0]


def _longest_overlap(data: AnyStr, secrets: Iterable[AnyStr]) -> int:
    return max((_overlap(data, secret) for secret in secrets), default=0)


def _overlap(data: AnyStr, secret: AnyStr) -> int:
    """How much of the end may begin the secret."""
    longest = min(len(secret) - 1, len(data))
    start = len(data) - longest
    while (start := data.find(secret[:1], start)) >= 0:
        if secret.startswith(data[start:]):
            return len(data) - start
        start += 1
    return 0

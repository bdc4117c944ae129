"""Secrets, taken out of whatever shows them: bytes that come in pieces, text, and data."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any
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

    def __call__(self, data: bytes) -> None:
        """Pass on whatever cannot be the beginning of a secret."""
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


def masked(data: bytes, secrets: Iterable[bytes]) -> bytes:
    """The bytes without the secrets, the longest first."""
    for secret in secrets:
        data = data.replace(secret, MASK)
    return data


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
        for form in self.forms:
            text = text.replace(form, MASK.decode())
        return text

    def number(self, number: float) -> Any:
        """A number, unless it is itself a secret of some length."""
        shown = str(number)
        return MASK.decode() if len(shown) >= _LONG and shown in self.forms else number

    def beginning(self, text: str) -> str:
        """A text without the secrets, which was cut off, perhaps in the middle of one."""
        masked_text = self.text(text).encode("utf-8", "surrogatepass")
        keep = max(
            (_overlap(masked_text, form.encode("utf-8", "surrogateescape")) for form in self.forms),
            default=0,
        )
        return masked_text[: len(masked_text) - keep].decode("utf-8", "surrogatepass")


def _overlap(data: bytes, secret: bytes) -> int:
    """How many of the last bytes may begin the secret."""
    longest = min(len(secret) - 1, len(data))
    start = len(data) - longest
    while (start := data.find(secret[:1], start)) >= 0:
        if secret.startswith(data[start:]):
            return len(data) - start
        start += 1
    return 0

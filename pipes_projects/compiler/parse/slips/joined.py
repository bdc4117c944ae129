"""A key and its value that became one word: what belongs between them."""

from __future__ import annotations

import re

from pipes_projects.compiler.parse.tree import Refused

LISTS = frozenset({"args", "columns", "deps", "kinds", "owners"})
"""Keys whose values are lists."""
_BLANKS_AROUND = re.compile(r"^[\s\u200b\u2060\ufeff]+|[\s\u200b\u2060\ufeff]+$")
SPACES = "write spaces instead"
BLANK = r"[\u00a0\u1680\u2000-\u200b\u202f\u205f\u2060\u3000\ufeff]"
"""What looks like a space, or like nothing, and is not a space in YAML."""
_ODD_END = re.compile(rf"^{BLANK}|{BLANK}$")
KEY_AND_VALUE = rf"(?P<key>[A-Za-z_][\w-]*):(?P<value>(?:{BLANK}|[^\s:/]).*)"
JOINED = re.compile(KEY_AND_VALUE, re.DOTALL)
"""A key and its value that became one word because the space between them is missing."""
OTHER_COLON = re.compile(
    rf" *(?:- +)?(?P<key>[A-Za-z_][\w-]*)(?: |{BLANK})*"
    r"(?P<colon>[\ufe13\ufe55\uff1a])(?P<value>.*)"
)


def odd_blank(key: str, start: int) -> Refused | None:
    """A blank at an end of a key, which YAML takes for a part of it."""
    word = _BLANKS_AROUND.sub("", key)
    if not word or not _ODD_END.search(key):
        return None
    where, help_ = ("after", f"write `{word}:`") if key.startswith(word) else ("before", SPACES)
    return Refused(start, start + len(key), f"the blank {where} `{word}` is not a space", help_)


def joined(pair: str) -> re.Match[str] | None:
    """A key and its value in one word."""
    return JOINED.match(pair) or OTHER_COLON.match(pair)


def joined_pair(pair: str, may_be_secret: bool) -> tuple[str, str] | None:
    """What is wrong with a key that became one word with its value, and what to write."""
    if may_be_secret and (given := re.match(r"\s*([^\s:=]+)=", pair)):
        message = f"a `:` and a space belong after `{given[1]}`, not a `=`"
        return message, "a variable is written `NAME: value`"
    match = joined(pair)
    if not match:
        return None
    key, is_colon = f"{match['key']}:", match.re is JOINED
    space = missing_space(0, 0, key, match["value"])
    message, help_ = (space.message, str(space.help)) if is_colon else colon(match)
    if may_be_secret:
        help_ = f"write a space after `{key}`"
        help_ = help_ if is_colon else f"write `:` and a space after `{match['key']}`"
    return message, help_


def missing_space(start: int, end: int, before: str, after: str) -> Refused:
    """Both ends of a word that should be two."""
    message = f"a space is missing after `{before}`"
    if re.match(BLANK, after):
        message = f"the blank after `{before}` is not a space"
    return Refused(start, end, message, _right_words(before, after))


def _right_words(before: str, after: str) -> str:
    after = _BLANKS_AROUND.sub("", after)
    if before.rstrip(":") in LISTS and after[:1] not in "[{":
        after = f"[{after}]"
    return f"write `{f'{before} {after}'.rstrip()}`"


def colon(match: re.Match[str]) -> tuple[str, str]:
    """What is wrong with a colon of East Asian text, and what to write."""
    help_ = _right_words(f"{match['key']}:", match["value"])
    return f"`{match['colon']}` is not the colon that YAML knows", help_

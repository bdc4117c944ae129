"""What `docs/diagnostics.md` says of each code, as the data that reports with rules carry."""

from __future__ import annotations

import json
import re
from textwrap import indent

_SECTION = re.compile(r"^## `([\w-]+)`\n(.*?)(?=^## |\Z)", re.DOTALL | re.MULTILINE)
_SEVERITY = re.compile(r"A (warning|hint)\. ")
_SENTENCE = re.compile(r".+?\.(?= [A-Z`(]|$)")
_NOTE = re.compile(r"^<!--.*?-->\n", re.DOTALL | re.MULTILINE)
_CODE = re.compile(r"^```\w*\n(.*?)^```\n?", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\[([^\]]+)\]\([^)]*\)")


def rules_of(page: str) -> str:
    """The text of `rules.json`."""
    rules = {code: _rule(section) for code, section in _SECTION.findall(page)}
    return json.dumps(rules, indent=2, ensure_ascii=False) + "\n"


def _rule(section: str) -> dict[str, str]:
    about, fix = _flowing(section.strip().split("\n\n")[0]), section.partition("**Fix.**")[2]
    severity = _SEVERITY.match(about)
    about = about[severity.end() :] if severity else about
    sentence = _SENTENCE.match(about)
    assert sentence, section
    return {
        "severity": severity[1] if severity else "error",
        "summary": sentence[0],
        "about": about,
        "fix": _flowing(fix),
        "text": _plain(section),
    }


def _plain(section: str) -> str:
    """For a terminal: code is moved in, and what only serves the page is left out."""
    text = _CODE.sub(lambda code: indent(code[1], "    "), _NOTE.sub("", section.strip() + "\n"))
    return _LINK.sub(r"\1", text).replace("**Fix.**", "Fix.").strip()


def _flowing(paragraph: str) -> str:
    """In one line, without links, which lead nowhere from elsewhere."""
    return _LINK.sub(r"\1", " ".join(paragraph.split()))

"""Data and bundle → one HTML file, which asks for nothing: no network, no other file."""

from __future__ import annotations

import base64
import gzip
import hashlib
from html import escape
from pathlib import Path
from typing import Final

from pipes_projects.text.plain import one_line

BUNDLE: Final = Path(__file__).parent / "bundle"
"""What `make catalog` builds from `web/`."""
_LEVEL: Final = 6
_PAGE: Final = """\
<!doctype html>
<html lang="en"{reloads}>
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="pipes-projects catalog">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<div id="page"><noscript>
<p>This catalog is drawn by JavaScript, which is switched off here.</p>
</noscript></div>
<script type="text/plain" id="content">{content}</script>
<script type="text/plain" id="sources">{sources}</script>
<script>{script}</script>
</body>
</html>
"""


def html_of(name: str, content: str, sources: str, reloads: bool = False) -> str:
    """The page for some data, both as JSON.

    Nothing but this script and this style is ever run or loaded: the page's policy has their
    hashes. Data are compressed, so that none of their letters mean anything to HTML.
    """
    script, style = _bundled("page.js"), _bundled("page.css")
    policy = (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}';"
        " img-src data:; base-uri 'none'; form-action 'none'"
    )
    return _PAGE.format(
        reloads=" data-reloads" if reloads else "",
        policy=policy,
        title=escape(f"{one_line(name)} – catalog"),
        style=style,
        content=_packed(content),
        sources=_packed(sources),
        script=script,
    )


def _bundled(name: str) -> str:
    return (BUNDLE / name).read_text("utf-8")


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


def _packed(text: str) -> str:
    return base64.b64encode(gzip.compress(text.encode(), _LEVEL, mtime=0)).decode()

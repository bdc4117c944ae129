"""Kind `page`: the script is a page in Markdown, and nothing runs."""

from __future__ import annotations

from typing import Final

from pipes_projects.kinds.registry.registered import RegisteredKind

PAGE: Final = RegisteredKind(
    "page",
    "Keeps a page in Markdown as metadata.",
    endings=(".page",),
    runner="pipes_projects.emitter.kinds.page",
)

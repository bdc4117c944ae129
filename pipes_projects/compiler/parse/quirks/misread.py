"""What the parsers read differently from YAML 1.2 and editors: it is refused."""

from __future__ import annotations

import re
from typing import Final

from pipes_projects.compiler.parse.quirks.stand_ins import ends_without_tabs
from pipes_projects.compiler.parse.quirks.syntax_errors import sentence
from pipes_projects.compiler.parse.tree import Node, Refused, nodes_of

_DIRECTIVE: Final = re.compile(r"^%(?!YAML[ ]+1\.2[ ]*(#.*)?$).*", re.MULTILINE)
_MISREAD: Final = re.compile(r"['\"\]}]#|[\[{,\s]\?[^\s]|\ufeff")


def refuse_directives(text: str) -> None:
    """Refuse all directives but `%YAML 1.2`: others change how editors read the text."""
    if directive := _DIRECTIVE.search(text) if "%" in text else None:
        wording = sentence(None, "directive")
        raise Refused(directive.start(), directive.end(), wording.message, wording.help)


def refuse_misread(root: Node, text: str) -> None:
    """Refuse what looks like a comment but is not, and an invisible mark."""
    if not any(sign in text for sign in "#?\ufeff") or not _MISREAD.search(text):
        return
    for node in nodes_of(root):
        end, is_text = node.end, node.value.__class__ is str
        if not node.is_block and text[end : end + 1] == "#" and text[end - 1] in "'\"]}":
            message = "a `#` right behind a value begins no comment"
            raise Refused(end, end + 1, message, "write a blank before it")
        if node.end > node.start > 0 and text[node.start - 1] == "?":
            message = "a `?` right before a word is not read as part of it"
            raise Refused(node.start - 1, node.start, message, "put the word in quotes")
        if is_text and "\ufeff" in node.value and text[end - 1] not in "'\"":
            at = text.find("\ufeff", node.start, end)
            message = "there is an invisible character here (U+FEFF)"
            raise Refused(at, at + 1, message, "remove it")


def refuse_tab_in(node: Node, text: str) -> None:
    """Refuse a tab in an unquoted word, where it looks just like spaces."""
    at = ends_without_tabs(text[node.start : node.end]).find("\t") + node.start
    if node.is_plain and at >= node.start:
        wording = sentence(None, r"'\t'")
        raise Refused(at, at + 1, wording.message, wording.help)

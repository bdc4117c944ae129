"""The text of a selection → an expression, by the grammar of Dagster's selections.

expression = conjunction {"or" conjunction};  conjunction = term {"and" term}
term = "not" term | "*" | [[N] "+"] primary ["+" [N]]
primary = attribute ":" value ["=" value] | ("sinks" | "roots") "(" expression ")"
        | "(" expression ")"
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, NoReturn, cast

from pipes_projects.analysis.selection.expressions import (
    ALL_LAYERS,
    AllOf,
    Answerable,
    AnyOf,
    Around,
    End,
    EndsOf,
    Everything,
    Expression,
    Having,
    Not,
    SelectionProblem,
)
from pipes_projects.analysis.selection.tokens import (
    ALSO_VALUES,
    ANSWERABLE,
    ENDS,
    FROM_THE_SERVER,
    Token,
    tokens,
)
from pipes_projects.spelling import nearest

DEEPEST: Final = 40
"""How many parentheses and `not` may be nested."""
IS_VALUES: Final = ("external", "materializable")
_MOST_DIGITS: Final = 9


def parse(text: str) -> Expression | SelectionProblem:
    """The expression of a text, or what is wrong with it."""
    try:
        return _Reader(text).whole()
    except _RefusedError as refused:
        return refused.problem


class _RefusedError(Exception):
    def __init__(self, problem: SelectionProblem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def _refuse(message: str, help_: str, offset: int) -> NoReturn:
    raise _RefusedError(SelectionProblem(message, help_, offset))


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokens(text)
        self.at = 0
        self.depth = 0

    @property
    def next(self) -> Token:
        return self.tokens[self.at]

    def take(self) -> Token:
        token = self.next
        self.at += 1
        return token

    def taken(self, *texts: str) -> bool:
        """Whether the next token is one of these, which is then consumed."""
        is_next = self.next.text in texts and self.next.kind != "quoted"
        self.at += is_next
        return is_next

    def whole(self) -> Expression:
        if self.tokens[0].kind == "end":
            _refuse("this selects nothing", "`*` is all assets that Dagster runs", 0)
        expression = self.expression()
        if self.next.kind != "end":
            self.refuse_what_follows()
        return expression

    def expression(self) -> Expression:
        return self.joined(("or", "OR"), self.conjunction, AnyOf)

    def conjunction(self) -> Expression:
        return self.joined(("and", "AND"), self.term, AllOf)

    def joined(
        self,
        words: tuple[str, ...],
        part: Callable[[], Expression],
        whole: type[AllOf] | type[AnyOf],
    ) -> Expression:
        parts = [part()]
        while self.taken(*words):
            parts.append(part())
        return parts[0] if len(parts) == 1 else whole(tuple(parts))

    def deeper(self, read: Callable[[], Expression]) -> Expression:
        self.depth += 1
        if self.depth > DEEPEST:
            help_ = f"at most {DEEPEST} parentheses and `not` may be nested"
            _refuse("this is nested too deeply", help_, self.next.offset)
        expression = read()
        self.depth -= 1
        return expression

    def term(self) -> Expression:
        if self.taken("not", "NOT"):
            return Not(self.deeper(self.term))
        if self.taken("*"):
            return Everything()
        up = self.upstream()
        primary = self.primary()
        down = self.layers() if self.taken("+") else None
        return primary if up is None and down is None else Around(primary, up, down)

    def upstream(self) -> int | None:
        layers = self.layers() if self.next.kind == "digits" else None
        if self.taken("+"):
            return ALL_LAYERS if layers is None else layers
        if layers is not None:
            help_ = 'layers upstream are written `2+key:"group/asset"`'
            _refuse("a number is followed by `+`", help_, self.next.offset)
        return None

    def layers(self) -> int:
        if self.next.kind != "digits":
            return ALL_LAYERS
        digits = self.take().text.lstrip("0")
        return int(digits or "0") if len(digits) <= _MOST_DIGITS else ALL_LAYERS

    def primary(self) -> Expression:
        if self.taken("("):
            return self.closed(self.deeper(self.expression))
        word = self.next
        if word.kind != "keyword":
            self.refuse_start()
        self.take()
        return self.ends(word) if word.text in ENDS else self.attribute(word)

    def ends(self, word: Token) -> Expression:
        if not self.taken("("):
            help_ = f'write `{word.text}(group:"sales")`'
            _refuse(f"`{word.text}` is followed by parentheses", help_, self.next.offset)
        return EndsOf(cast("End", word.text), self.closed(self.deeper(self.expression)))

    def closed(self, expression: Expression) -> Expression:
        if not self.taken(")"):
            if self.next.kind != "end":
                self.refuse_what_follows()
            _refuse("a parenthesis is not closed", "write `)` at the end of it", self.next.offset)
        return expression

    def attribute(self, word: Token) -> Expression:
        if not self.taken(":"):
            help_ = f'write `{word.text}:"…"`, with a value in quotes'
            _refuse(f"`{word.text}` is followed by `:` and a value", help_, self.next.offset)
        if word.text in FROM_THE_SERVER:
            _refuse(f"`{word.text}` is known only to Dagster, not to manifests", ASK, word.offset)
        value = self.value(word)
        tag_value = (self.value(word) or "") if word.text == "tag" and self.taken("=") else ""
        self.refuse_unquoted(word)
        having = Having(cast("Answerable", word.text), value, tag_value, word.offset)
        self.refuse_wrong(having)
        return having

    def value(self, word: Token) -> str | None:
        """The next value; None for `<null>`."""
        token, is_key = self.next, word.text == "key"
        is_word = token.kind == "word" or (token.kind == "glob" and is_key)
        is_named = not is_key and token.kind == "keyword" and token.text in ALSO_VALUES
        is_null = token.kind == "null" and not is_key
        if not (is_word or is_named or is_null or token.kind == "quoted"):
            self.refuse_value(word)
        self.take()
        return None if is_null else token.text.strip('"')

    def refuse_value(self, word: Token) -> NoReturn:
        if self.next.kind == "end":
            _refuse(f"`{word.text}:` has no value", f'write `{word.text}:"…"`', self.next.offset)
        self.refuse_run(word, self.next.offset)

    def refuse_unquoted(self, word: Token) -> None:
        """Refuse a value that continues in a way that an unquoted word cannot."""
        before = self.tokens[self.at - 1]
        is_apart = self.next.offset > before.end or self.next.text in ("+", ")", "", "=")
        if not is_apart and before.kind in ("word", "keyword", "glob"):
            self.refuse_run(word, before.offset)

    def refuse_run(self, word: Token, start: int) -> NoReturn:
        run = _RUN.match(self.text, start)
        written = (run[0] if run else "") or self.text[start]
        whole = self.text[word.offset : start]
        if '"' in written:
            help_ = 'what is in quotes ends at the next `"`, in the same line, and has no `\\`'
            _refuse(f"`{written}` cannot be read", help_, start)
        bare = written.strip(_OTHER_QUOTES)
        help_ = f'write `{whole}"{bare or written}"`, and all of it in single quotes for the shell'
        needed = "quotes" if bare == written else "double quotes"
        _refuse(f"`{written}` needs {needed}", help_, start)

    def refuse_wrong(self, having: Having) -> None:
        if having.attribute == "is" and having.value not in IS_VALUES:
            help_ = "an asset is either `is:materializable` or `is:external`"
            _refuse(f"`is:{having.value or '<null>'}` is not a question", help_, having.offset)
        if having.attribute == "tag" and having.value is None:
            help_ = "a tag has a name: `tag:tier=gold`; assets without it are `not tag:tier=gold`"
            _refuse("`<null>` is not the name of a tag", help_, having.offset)

    def refuse_start(self) -> NoReturn:
        token, after = self.next, self.tokens[min(self.at + 1, len(self.tokens) - 1)]
        if token.kind in ("word", "glob") and after.text == ":":
            close = nearest(token.text, (*ANSWERABLE, *FROM_THE_SERVER))
            help_ = f"there is `{close}`" if close else ASK
            _refuse(f"`{token.text}` is not an attribute", help_, token.offset)
        if token.kind in ("word", "glob", "quoted"):
            name = token.text.strip('"')
            help_ = f'write `key:"{name}"`'
            _refuse(f"`{name}` is a name without an attribute", help_, token.offset)
        self.refuse_token("something is missing here", ASK)

    def refuse_what_follows(self) -> NoReturn:
        self.refuse_token("", "write `and` or `or` between two parts")

    def refuse_token(self, missing: str, help_: str) -> NoReturn:
        token = self.next
        message = f"`{token.text}` is not expected here" if token.text else missing
        _refuse(message, help_, token.offset)


_RUN: Final = re.compile(r"[^\s()]*")
_OTHER_QUOTES: Final = "'`‘’“”"
ASK: Final = f"the attributes are {', '.join(f'`{name}`' for name in ANSWERABLE)}"

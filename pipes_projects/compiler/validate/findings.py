"""Problems → findings: each at its place in the document, with what may have been meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pipes_projects.codes import Code
from pipes_projects.compiler.parse.document import Document
from pipes_projects.compiler.validate.key_rules import MOST
from pipes_projects.compiler.validate.miswritten.lines import place_of_line
from pipes_projects.compiler.validate.miswritten.shapes import right_form_of
from pipes_projects.diagnostics import Correction, Diagnostic
from pipes_projects.manifest.model.problems import Problem
from pipes_projects.source import Location
from pipes_projects.spelling import similar, word_meant, word_near


def findings(document: Document, problems: Iterable[Problem]) -> Iterator[Diagnostic]:
    """Problems, at their places in a document."""
    return (finding(document, problem) for problem in with_few_guesses(problems))


def with_few_guesses(problems: Iterable[Problem]) -> Iterator[Problem]:
    """Guessing what was meant takes time, so only a number of words in a file are guessed."""
    words = set[str]()
    for problem in problems:
        if problem.code == Code.UNKNOWN_KEY and len(words) < MOST:
            words.add(str(problem.path[-1]))
        is_guessed = problem.code != Code.UNKNOWN_KEY or str(problem.path[-1]) in words
        yield problem if is_guessed else problem._replace(known=())


def finding(document: Document, problem: Problem) -> Diagnostic:
    """A problem, at its place in the document."""
    find = document.key if problem.at_key else document.value
    path = problem.path
    if problem.code == Code.MISSING_KEY:  # nobody wrote it: point at what should have it
        path, find = path[:-1], document.value
    place, help_ = find(path), problem.help
    if problem.line is not None:
        place = place_of_line(document, path, problem.line)
    if problem.code == Code.UNKNOWN_KEY:
        help_ = help_ or _known_keys(str(path[-1]), problem.known, document.at(path[:-1]))
    elif help_ is None:
        help_ = _known_word(document, problem) or right_form_of(document, problem)
    correction = _correction(document, problem, place)
    return Diagnostic(Code(problem.code), problem.message, place, help_, correction=correction)


def _correction(document: Document, problem: Problem, place: Location) -> Correction | None:
    path, right = problem.path, problem.right
    if problem.right_key:
        return Correction(document.key(path), problem.right_key, str(path[-1]), is_key=True)
    if problem.code == Code.UNKNOWN_KEY:
        close = _slip_of(str(path[-1]), problem.known)
        return Correction(place, close, is_key=True) if close else None
    if right is None and problem.known:
        right = _word_of(str(document.at(path)), problem.known)
    if isinstance(right, str):
        right = document.written.get(path, right)  # a number, as its author wrote it
    return Correction(place, right) if right is not None and not problem.at_key else None


def _word_of(written: str, known: tuple[str, ...]) -> str | None:
    """The word that was certainly meant: in other letters, or with a typo."""
    same = (word for word in known if word.lower() == written.lower())
    return next(same, None) or word_meant(written, known)


def _known_word(document: Document, problem: Problem) -> str | None:
    """Which of the words that a value can be was meant."""
    written = document.at(problem.path)
    if not problem.known or not isinstance(written, str) or problem.at_key:
        return None
    if right := _word_of(written, problem.known):
        return f"write `{right}`"
    return similar(written.lower(), problem.known, "a value")


def _slip_of(key: str, known: tuple[str, ...]) -> str | None:
    """The key that was certainly meant; `asset` may also be about a manifest's only asset."""
    return None if key == "asset" else word_meant(key, known)


def _known_keys(key: str, known: tuple[str, ...], beside: Any) -> str | None:
    close = word_near(key, known)
    if isinstance(beside, dict) and close in beside:
        return f"`{close}` is written here too: keep one of them"
    if close:
        return f"a key with a similar name exists: `{close}`"
    few = ", ".join(f"`{name}`" for name in known) if len(known) <= 8 else ""
    return f"the keys here are {few}" if few else None

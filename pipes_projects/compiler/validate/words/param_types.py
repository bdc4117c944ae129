"""The type of a param in the words of JSON Schema, Python or SQL, and what is written here."""

from __future__ import annotations

import re

from pipes_projects.compiler.parse.document import Document
from pipes_projects.compiler.validate.words.other_tools import PARAM_SENTENCES, PARAM_TYPE_OF, plain
from pipes_projects.manifest.model.problems import Problem


def with_param_type(problem: Problem, document: Document) -> Problem:
    """An unknown type of a param with help that names the right one, or the right key."""
    written = document.at(problem.path)
    if not _is_of_type(problem) or not isinstance(written, str):
        return problem
    word = "list" if written.endswith("[]") else plain(re.split(r"[(\[<]", written)[0].strip())
    if right := word if word in problem.known else PARAM_TYPE_OF.get(word):
        return problem._replace(help=f"write `{right}`", right=right)
    sentence = PARAM_SENTENCES.get(word)
    return problem._replace(help=sentence, known=()) if sentence else problem


def _is_of_type(problem: Problem) -> bool:
    path = problem.path
    is_place = len(path) == 3 and (path[0], path[-1]) == ("params", "type")
    return is_place and problem.code == "invalid-value" and bool(problem.known)

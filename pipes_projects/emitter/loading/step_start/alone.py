"""Whether Dagster loads only what `make_defs()` returns, and nothing else uses that."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

import ast
import sys
from pathlib import Path

from dagster._core.code_pointer import CodePointer, FileCodePointer, ModuleCodePointer


def is_alone(pointer: CodePointer, file: Path) -> bool:
    """Whether a file has `defs = Project.make_defs()`, where `defs` is what Dagster loads, and does
    nothing else with it."""
    if type(pointer) is FileCodePointer:
        at = Path(pointer.working_directory or ".", pointer.python_file)
    elif type(pointer) is ModuleCodePointer:
        at = Path(getattr(sys.modules.get(pointer.module), "__file__", None) or ".")
    else:
        return False
    try:
        return at.resolve() == file and _only_makes(pointer.fn_name, file.read_text("utf-8"))
    except (OSError, ValueError, SyntaxError, RecursionError):
        return False


def _only_makes(name: str, text: str) -> bool:
    tree = ast.parse(text)
    made = [
        statement
        for statement in tree.body
        if isinstance(statement, ast.Assign) and _is_call(statement.value)
    ]
    calls = [
        node for node in ast.walk(tree) if isinstance(node, ast.Attribute | ast.Name) and _is(node)
    ]
    return len(made) == len(calls) == 1 and _targets(made[0]) == [name] and _uses(tree, name) == 1


def _is_call(value: ast.expr) -> bool:
    """Whether it is `NAME.make_defs(…)`."""
    function = value.func if isinstance(value, ast.Call) else None
    return isinstance(function, ast.Attribute) and _is(function)


def _is(word: ast.Attribute | ast.Name) -> bool:
    return (word.attr if isinstance(word, ast.Attribute) else word.id) == "make_defs"


def _targets(assigned: ast.Assign) -> list[str | None]:
    return [target.id if isinstance(target, ast.Name) else None for target in assigned.targets]


def _uses(tree: ast.Module, name: str) -> int:
    """How often a file mentions it, or anything that could refer to it."""
    found = 0
    for node in ast.walk(tree):
        words = (getattr(node, attribute, None) for attribute in ("id", "attr", "name", "asname"))
        found += name in words
        found += name in getattr(node, "names", ())  # `global defs`
        found += isinstance(node, ast.Name) and node.id in ("globals", "vars", "locals", "exec")
        found += isinstance(node, ast.alias) and node.name == "*"
    return found

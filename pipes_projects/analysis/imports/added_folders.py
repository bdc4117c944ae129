"""What a script adds to `sys.path`, if that follows from the path of its own file, or from the
folder in which it runs, which is usually the same.

sys.path.append(str(Path(__file__).parents[1]))
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
sys.path.append("../lib")
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from posixpath import join, normpath
from typing import Any, Final

_FILE: Final = "__file__"
_SAME: Final = frozenset({"Path", "PurePath", "str", "fspath", "abspath", "realpath", "normpath"})
"""Functions that return their argument, as far as this matters here."""
_SAME_METHODS: Final = frozenset({"resolve", "absolute", "as_posix", "expanduser"})
_HERE: Final = frozenset({"getcwd", "cwd"})


def added_folders(tree: ast.Module) -> Iterator[str]:
    """The folders that are added, relative to that of the file."""
    known = {_FILE: _FILE}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            path = _path(node.value, known)
            if path is not None:
                known[node.targets[0].id] = path
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            path = _added(node.value, known)
            if path is not None and _FILE not in path and not path.startswith("/"):
                yield path


def _added(call: ast.Call, known: Mapping[str, str]) -> str | None:
    function = ast.unparse(call.func)
    if function == "sys.path.append" and len(call.args) == 1:
        return _path(call.args[0], known)
    if function == "sys.path.insert" and len(call.args) == 2:
        return _path(call.args[1], known)
    return None


def _path(node: ast.expr, known: Mapping[str, str]) -> str | None:
    """The path that an expression stands for, relative to the folder, or to `__file__`."""
    if isinstance(node, ast.Name):
        return known.get(node.id)
    if isinstance(node, ast.Constant):
        return normpath(node.value) if isinstance(node.value, str) else None
    if isinstance(node, ast.Attribute) and node.attr == "parent":
        return _above(_path(node.value, known), 1)
    if isinstance(node, ast.Subscript):
        return _one_of_parents(node, known)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        return _below(_path(node.left, known), [node.right])
    return _of_call(node, known) if isinstance(node, ast.Call) else None


def _one_of_parents(node: ast.Subscript, known: Mapping[str, str]) -> str | None:
    number: Any = getattr(node.slice, "value", None)
    if not isinstance(node.value, ast.Attribute) or node.value.attr != "parents":
        return None
    is_near = isinstance(number, int) and 0 <= number < 50
    return _above(_path(node.value.value, known), number + 1) if is_near else None


def _of_call(node: ast.Call, known: Mapping[str, str]) -> str | None:
    function = node.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    if name in _SAME_METHODS and isinstance(function, ast.Attribute) and not node.args:
        return _path(function.value, known)
    if not node.args:
        return "." if name in _HERE else None
    path = _path(node.args[0], known)
    if name == "dirname":
        return _above(path, 1)
    if name == "join" or name in _SAME:
        return _below(path, node.args[1:])
    return None


def _above(path: str | None, steps: int) -> str | None:
    return None if path is None else normpath(join(path, *[".."] * steps))


def _below(path: str | None, parts: list[ast.expr]) -> str | None:
    words = [getattr(part, "value", None) for part in parts]
    if path is None or not all(isinstance(word, str) for word in words):
        return None
    return normpath(join(path, *map(str, words)))

"""What a script adds to `sys.path`, if that follows from the path of its own file, or from the
folder in which it runs, which is usually the same.

sys.path.append(str(Path(__file__).parents[1]))
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
sys.path += ["../lib"]
site.addsitedir("lib")
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from posixpath import join, normpath
from typing import Any, Final

from pipes_projects.analysis.imports.sys_path import SysPath

_FILE: Final = "__file__"
_SAME: Final = frozenset({"Path", "PurePath", "str", "fspath", "abspath", "realpath", "normpath"})
"""Functions that return their argument, as far as this matters here."""
_SAME_METHODS: Final = frozenset({"resolve", "absolute", "as_posix", "expanduser"})
_HERE: Final = frozenset({"getcwd", "cwd"})
_LONGEST: Final = 4096
"""Characters of a path: no system takes more."""
_SIGNS: Final = {"pardir": "..", "curdir": "."}
"""What `os` has for them."""


def added_folders(statements: Iterable[ast.AST]) -> Iterator[str]:
    """The folders that a file's statements add, relative to its own."""
    known, sys_path = {_FILE: _FILE}, SysPath()
    for node in statements:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            path = _path(node.value, known)
            if isinstance(target, ast.Name) and path is not None and len(path) <= _LONGEST:
                known[target.id] = path
        for added in sys_path.added(node):
            path = _path(added, known)
            if path is not None and _FILE not in path and not path.startswith("/"):
                yield path


def _path(node: ast.expr, known: Mapping[str, str]) -> str | None:
    """The path that an expression stands for, relative to the folder, or to `__file__`."""
    if isinstance(node, ast.Name):
        return known.get(node.id)
    if isinstance(node, ast.Constant):
        return normpath(node.value) if isinstance(node.value, str) else None
    if isinstance(node, ast.Attribute):
        is_parent = node.attr == "parent"
        return _above(_path(node.value, known), 1) if is_parent else _SIGNS.get(node.attr)
    if isinstance(node, ast.Subscript):
        return _one_of_parents(node, known)
    if isinstance(node, ast.BinOp | ast.JoinedStr):
        return _joined(node, known)
    return _of_call(node, known) if isinstance(node, ast.Call) else None


def _joined(node: ast.BinOp | ast.JoinedStr, known: Mapping[str, str]) -> str | None:
    """`folder / "lib"`, `folder + "/lib"` or `f"{folder}/lib"`."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        return _below(_path(node.left, known), [node.right], known)
    match _parts(node):
        case [folder, ast.Constant(value=str(text))] if text.startswith("/"):
            path = _path(folder, known)
            return None if path is None else normpath(f"{path}{text}")
    return None


def _parts(node: ast.BinOp | ast.JoinedStr) -> Sequence[ast.expr]:
    """The texts that an expression strings together."""
    if isinstance(node, ast.BinOp):
        return (node.left, node.right) if isinstance(node.op, ast.Add) else ()
    return [part.value if isinstance(part, ast.FormattedValue) else part for part in node.values]


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
    if name == "joinpath" and isinstance(function, ast.Attribute):
        return _below(_path(function.value, known), node.args, known)
    if not node.args:
        return "." if name in _HERE else None
    path = _path(node.args[0], known)
    if name == "dirname":
        return _above(path, 1)
    if name == "join" or name in _SAME:
        return _below(path, node.args[1:], known)
    return None


def _above(path: str | None, steps: int) -> str | None:
    return None if path is None else normpath(join(path, *[".."] * steps))


def _below(path: str | None, parts: list[ast.expr], known: Mapping[str, str]) -> str | None:
    words = [_path(part, known) for part in parts]
    return None if path is None or None in words else normpath(join(path, *map(str, words)))

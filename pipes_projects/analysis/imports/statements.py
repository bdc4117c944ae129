"""The text of a Python file → what it imports, and which folders it adds to `sys.path`.

We walk the statements ourselves: imports count at any depth, except for those that only type
checkers read (`if TYPE_CHECKING:`).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator
from typing import Final, NamedTuple
from warnings import catch_warnings, simplefilter

from pipes_projects.analysis.imports.added_folders import added_folders


class Import(NamedTuple):
    """A module that is imported, or names from it."""

    module: tuple[str, ...]
    """Its dotted name, in parts; empty for `from . import x`."""
    level: int = 0
    """How many dots come before it."""
    names: tuple[str, ...] = ()
    """What is imported from it, which may be modules too; `*` for everything."""


class Statements(NamedTuple):
    """What matters about a file."""

    imports: tuple[Import, ...] = ()
    folders: tuple[str, ...] = ()
    """What it adds to `sys.path`, relative to its own folder."""
    exports: tuple[str, ...] = ()
    """Its `__all__`, as far as it is written out."""


_IMPORT: Final = re.compile(r"\b(?:from|import)\b((?:[^\n\\;#]|\\\r?\n|\\.)*)")
_BLOCKS: Final = ("body", "orelse", "handlers", "finalbody", "cases")
_NAME: Final = re.compile(r"\.?[\w.]+|\.")
_TO_SYS_PATH: Final = ("sys.path", "from sys import", "sys as", "addsitedir")
_ELSE: Final = ("import_module", "__import__", *_TO_SYS_PATH)


def may_import(text: str, local: Iterable[str]) -> bool:
    """Whether a text could import one of some modules: most do not, and need not be parsed."""
    if any(word in text for word in _ELSE):
        return True
    lines = _IMPORT.findall(text) if "\\" in text else _lines_with_import(text)
    names = {name for line in lines for name in _NAME.findall(line)}
    heads = {name.partition(".")[0] for name in names}
    return "" in heads or not heads.isdisjoint(local)


def _lines_with_import(text: str) -> Iterator[str]:
    """The lines with imports, quickly: no statement continues after a backslash."""
    at = text.find("import")
    while at >= 0:
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        yield text[text.rfind("\n", 0, at) + 1 : end]
        at = text.find("import", end)


def statements(text: str) -> Statements:
    """What a file imports; empty if it is not valid Python."""
    try:
        with catch_warnings():
            simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Statements()
    imports = [imported for node in _walked(tree.body) for imported in _imports(node)]
    if "import_module" in text or "__import__" in text:
        names = {"import_module", "__import__", *_names_of_import_module(tree)}
        imports += [imported for node in ast.walk(tree) for imported in _called(node, names)]
    folders = _folders(tree) if any(word in text for word in _TO_SYS_PATH) else ()
    return Statements(tuple(dict.fromkeys(imports)), folders, tuple(_exports(tree)))


def _folders(tree: ast.Module) -> tuple[str, ...]:
    try:
        return tuple(added_folders(_walked(tree.body)))
    except RecursionError:  # no path is nested so deeply
        return ()


def _walked(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Every statement, nested ones too, but not what is inside expressions."""
    pending = [*body][::-1]  # not by recursion, as each `elif` is inside the one before
    while pending:
        node = pending.pop()
        yield node
        is_for_them = isinstance(node, ast.If) and _is_for_type_checkers(node.test)
        blocks = (getattr(node, name, None) for name in (_BLOCKS[1:] if is_for_them else _BLOCKS))
        inner = [child for block in blocks if isinstance(block, list) for child in block]
        pending += reversed(inner)


def _is_for_type_checkers(test: ast.expr) -> bool:
    name = test.attr if isinstance(test, ast.Attribute) else getattr(test, "id", "")
    return name == "TYPE_CHECKING"


def _imports(node: ast.AST) -> Iterator[Import]:
    if isinstance(node, ast.Import):
        yield from (Import(tuple(alias.name.split("."))) for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        module = tuple(node.module.split(".")) if node.module else ()
        yield Import(module, node.level, tuple(alias.name for alias in node.names))


def _names_of_import_module(tree: ast.Module) -> Iterator[str]:
    """What else a file calls it: `from importlib import import_module as load`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "importlib":
            names = (alias.asname for alias in node.names if alias.name == "import_module")
            yield from filter(None, names)


def _called(node: ast.AST, names: Collection[str]) -> Iterator[Import]:
    """`import_module("name")` or `import_module(".name", "package")`, written out."""
    if not isinstance(node, ast.Call):
        return
    function = node.func
    called = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    if called in names:
        given = dict(zip(("name", "package"), node.args, strict=False))
        given |= {word.arg: word.value for word in node.keywords if word.arg in ("name", "package")}
        name, package = (getattr(given.get(word), "value", None) for word in ("name", "package"))
        if isinstance(name, str) and (dotted := name.lstrip(".")):
            yield _named(dotted.split("."), len(name) - len(dotted), package)


def _named(parts: list[str], level: int, package: object) -> Import:
    """A module by its name, which may be relative to a package."""
    if not level or not isinstance(package, str):
        return Import(tuple(parts), level)
    above = package.split(".")
    return Import((*above[: len(above) - level + 1], *parts))


def _exports(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        if not isinstance(node, ast.Assign):
            continue
        if any(getattr(target, "id", "") == "__all__" for target in node.targets):
            items = (getattr(item, "value", None) for item in getattr(node.value, "elts", ()))
            yield from (item for item in items if isinstance(item, str))

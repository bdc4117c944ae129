"""What a file's statements add to `sys.path`, by whatever name the file calls it."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from itertools import chain

_Expressions = Sequence[ast.expr]


class SysPath:
    """`sys.path` as a file has it; statements are shown to it in their order."""

    def __init__(self) -> None:
        self.names = {"sys.path"}
        self.site = {"site.addsitedir"}
        """What `site.addsitedir` is called."""

    def added(self, node: ast.AST) -> _Expressions:
        """What a statement adds."""
        if isinstance(node, ast.Import | ast.ImportFrom):
            self._learn(node)
        elif isinstance(node, ast.Assign):
            return [*chain.from_iterable(self._set(to, node.value) for to in node.targets)]
        elif isinstance(node, ast.AugAssign):
            return self._entries(node.value) if self._is(node.target) else ()
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            return self._called(ast.unparse(node.value.func), node.value.args)
        return ()

    def _learn(self, node: ast.Import | ast.ImportFrom) -> None:
        """The names that an import gives them."""
        above = ""
        if isinstance(node, ast.ImportFrom):
            above = f"{'.' * node.level}{node.module or ''}."
        for alias in node.names:
            name, here = f"{above}{alias.name}", alias.asname or alias.name
            self.names |= {"sys": {f"{here}.path"}, "sys.path": {here}}.get(name, set())
            functions = {"site": {f"{here}.addsitedir"}, "site.addsitedir": {here}}
            self.site |= functions.get(name, set())

    def _set(self, target: ast.expr, value: ast.expr) -> _Expressions:
        """What an assignment adds; a name that it gives to something else is forgotten."""
        if isinstance(target, ast.Name):
            self.names.discard(target.id)
        elif isinstance(target, ast.Attribute) and self._is(target):
            return self._around(value)
        elif isinstance(target, ast.Subscript) and self._is(target.value):
            return self._between(target.slice, value)
        return ()

    def _between(self, place: ast.expr, value: ast.expr) -> _Expressions:
        """`sys.path[:0] = ["lib"]`, which replaces nothing, or `[:]` with what is there."""
        match place:
            case ast.Slice(lower=None, upper=None):
                return self._around(value)
            case ast.Slice(lower=lower, upper=ast.Constant(value=end), step=None):
                begin = 0 if lower is None else getattr(lower, "value", None)
                return self._entries(value) if begin == end else ()
        return ()

    def _around(self, value: ast.expr) -> _Expressions:
        """`["lib", *sys.path]` or `["lib"] + sys.path`."""
        if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add):
            sides = (value.left, value.right)
            is_kept = any(map(self._is, sides))
            return [*chain.from_iterable(map(self._entries, sides))] if is_kept else ()
        entries = self._entries(value)
        kept = (entry.value for entry in entries if isinstance(entry, ast.Starred))
        return entries if any(map(self._is, kept)) else ()

    def _called(self, function: str, values: _Expressions) -> _Expressions:
        path, _, method = function.rpartition(".")
        if function in self.site:
            return values[:1]
        if path not in self.names:
            return ()
        if method == "extend":
            return self._entries(values[0]) if values else ()
        return {"append": values[:1], "insert": values[1:2]}.get(method, ())

    def _is(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Name | ast.Attribute) and ast.unparse(node) in self.names

    @staticmethod
    def _entries(value: ast.expr) -> _Expressions:
        return value.elts if isinstance(value, ast.List | ast.Tuple) else ()

"""Names say what a thing is."""

import ast

from tests.support.dagster.running import ROOT


def called_it(node: ast.AST) -> bool:
    """Whether a variable, an argument or the target of a loop is called `it`."""
    if isinstance(node, ast.Name):
        return node.id == "it" and isinstance(node.ctx, ast.Store)
    return isinstance(node, ast.arg) and node.arg == "it"


def test_nothing_is_called_it() -> None:
    assert called_it(ast.parse("for it in range(3): pass").body[0].target)  # type: ignore[attr-defined]
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"  # type: ignore[attr-defined]
        for path in sorted((ROOT / "pipes_projects").rglob("*.py"))
        if b" it" in (text := path.read_bytes())
        for node in ast.walk(ast.parse(text))
        if called_it(node)
    ]
    assert found == []

"""A list where a mapping belongs, text where a list belongs, and so on: one finding per value.

What is found here is removed before the models look at the rest: they would report each part.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pipes_projects.compiler.parse.document import Document, KeyPath
from pipes_projects.compiler.parse.slips.joined import joined, joined_pair
from pipes_projects.compiler.validate.miswritten.lines import lines_of
from pipes_projects.compiler.validate.miswritten.right_forms import (
    EXAMPLES,
    FREE,
    LISTS,
    MAPPINGS,
    NAMED,
    NAMES,
    TEXTS,
    fits,
    item_fits,
    right_form,
)
from pipes_projects.manifest.contract import Contract, Kind
from pipes_projects.manifest.forms import FIELDS, Form
from pipes_projects.manifest.model import listed
from pipes_projects.manifest.model.problems import Problem
from pipes_projects.manifest.model.shapes import Shape
from pipes_projects.manifest.model.yaml_flow import flow
from pipes_projects.spelling import first_few

_SHAPED = MAPPINGS | LISTS | TEXTS


def misshapen(document: Document, form: Form, contract: Contract) -> Iterator[Problem]:
    """The values of a document that cannot be what their fields take."""
    data: Mapping[str, Any] = document.data
    for name in _SHAPED & FIELDS[form] & data.keys():
        yield from _field(document, (name,), data[name])
    if isinstance(data.get("kind"), dict):
        yield _kind(data["kind"], document.keys(("kind",)), contract)
    for name in contract.blocks & data.keys():
        yield from _block(document, name, data[name], contract)
    assets = data.get("assets")
    for name, body in assets.items() if isinstance(assets, dict) else ():
        yield from _asset(document, name, body)


def _kind(value: Mapping[str, Any], keys: list[str], contract: Contract) -> Problem:
    """A mapping where a name belongs: its content may show which name."""
    (name,) = keys if len(keys) == 1 else (None,)
    kind = name if name in contract.kinds else next(filter(None, map(value.get, NAMES)), None)
    help_ = "name a kind, as in `kind: subprocess`"
    if isinstance(kind, str) and kind in contract.kinds:
        options = f", and its options under `{kind}:`" if value.get(kind) else ""
        help_ = f"write `kind: {kind}`{options}"
    path: KeyPath = ("kind",)
    return Problem(path, "kind-or-kinds", "`kind` is one name", help_, covers=(path,))


def _asset(document: Document, name: str, body: Any) -> Iterator[Problem]:
    path = ("assets", name)
    if isinstance(body, dict):
        for field in _SHAPED & body.keys():
            yield from _field(document, (*path, field), body[field])
    elif body is not None:
        right = {"description": body} if isinstance(body, str) else {"deps": body}
        yield from _wrong_or_joined(
            document, path, "a mapping", right if body else {}, f"{name}: {{}}"
        )


def _block(document: Document, name: str, value: Any, contract: Contract) -> Iterator[Problem]:
    kind = contract.kinds[name]
    options = kind.options
    assert options is not None
    if isinstance(value, dict):
        for field in {"args", "env"} & value.keys() if name == "subprocess" else ():
            yield from _field(document, (name, field), value[field])
    elif value is not None:
        right, example = _options(value, options), _example(kind)
        match = joined(value) if isinstance(value, str) else None
        is_joined = match is not None and match["key"] in options.names
        if is_joined or "\n" in str(document.as_written((name,))):
            yield from _wrong_or_joined(document, (name,), "a mapping", right, example)
        else:
            yield _wrong(document, (name,), "a mapping", right, example)


def _options(value: Any, options: Shape) -> Any:
    """The options that a block is meant to have: a word alone is the one that the kind needs, and
    other text the command of a kind that needs none."""
    first = options.required or tuple({"image"} & options.names)
    if len(first) == 1 and isinstance(value, str) and len(value.split()) == 1:
        return {first[0]: value}
    is_list = isinstance(value, list) and any(isinstance(part, dict) for part in value)
    if options.required or "command" not in options.names or is_list:
        return _together(value)
    return {"command": value}


def _example(kind: Kind) -> str:
    """A block with an option, as the kind's own example has it."""
    block = rf"^{kind.name}:(?: \{{|\n  )(\w+: [^\s,\[\]{{}}]+)"
    shown = re.search(block, kind.example, re.MULTILINE)
    return f"{kind.name}: {{{shown[1] if shown else ''}}}"


def _together(value: Any) -> Any:
    """A list of mappings as one mapping, with each value in its right form."""
    if not isinstance(value, list) or not all(isinstance(part, dict) for part in value):
        return None
    options = {key: option for part in value for key, option in part.items()}
    return {key: right_form(key, option) or option for key, option in options.items()}


def _field(document: Document, path: KeyPath, value: Any) -> Iterator[Problem]:
    name = str(path[-1])
    if value is None or (name == "kinds" and isinstance(value, str)):  # `kind_choice` reports it
        return
    if name == "checks" and isinstance(value, dict):
        yield from _checks(document, path, value)
    if fits(name, value):
        yield from _joined_items(path, value) if name == "deps" else ()
    elif isinstance(value, list) and name in LISTS:
        yield from _items(document, path, value)
    else:
        wanted = "a mapping" if name in MAPPINGS else "a list" if name in LISTS else "text"
        is_key = name != "deps" or isinstance(value, str | dict)  # it is never a number or a date
        right = right_form(name, document.as_written(path)) if is_key else None
        yield from _wrong_or_joined(document, path, wanted, right, EXAMPLES.get(name))


def _checks(document: Document, path: KeyPath, checks: Mapping[str, Any]) -> Iterator[Problem]:
    for name, check in checks.items():
        if not isinstance(check, dict) and check is not None:
            right: dict[str, Any] = {"description": check} if isinstance(check, str) else {}
            if check == "blocking":
                right = {"blocking": True}
            yield from _wrong_or_joined(document, (*path, name), "a mapping", right, None)


def _items(document: Document, path: KeyPath, value: list[Any]) -> Iterator[Problem]:
    """Items of the wrong shape for their list: one problem, where all have the same mistake."""
    name = str(path[-1])
    wrong = [index for index, item in enumerate(value) if not item_fits(name, item)]
    pairs = [index for index in wrong if _joined(value[index], "name type")]
    if pairs:
        yield from (_space((*path, index), value[index], path) for index in pairs)
    else:
        what = "a mapping" if name == "columns" else "a key" if name == "deps" else "text"
        right = right_form(name, document.as_written(path))
        place: KeyPath = (*path, wrong[0]) if len(wrong) == 1 else path
        problem = _wrong(document, path, what, right, EXAMPLES[name])
        subject = f"an entry of `{name}`" if len(wrong) == 1 else f"each entry of `{name}`"
        yield problem._replace(path=place, message=f"{subject} must be {what}", covers=(path,))


def _joined_items(path: KeyPath, value: list[Any]) -> Iterator[Problem]:
    for index, item in enumerate(value):
        if _joined(item, "asset partition_mapping metadata"):
            yield _space((*path, index), item)


def _joined(item: Any, keys: str) -> bool:
    match = joined(item) if isinstance(item, str) else None
    return match is not None and match["key"] in keys.split()


def _space(path: KeyPath, text: str, *covers: KeyPath) -> Problem:
    wrong = joined_pair(text, may_be_secret="env" in path)
    assert wrong
    return Problem(path, "yaml-syntax", *wrong, covers=covers)


def _wrong_or_joined(
    document: Document, path: KeyPath, wanted: str, right: Any, example: str | None
) -> Iterator[Problem]:
    """What is wrong with a value, or with each line of it in which a key and a value are joined."""
    text = document.as_written(path)
    is_text = isinstance(text, str) and wanted == "a mapping"
    if is_text and joined(text) and not (path[-1] in FREE and "://" in text):
        lines = [*lines_of(document, path)]
        for number, line in enumerate(lines or [text]):
            if joined(line):
                yield _space(path, line, path)._replace(line=number if lines else None)
    else:
        yield _wrong(document, path, wanted, right, example)


def _wrong(
    document: Document, path: KeyPath, wanted: str, right: Any, example: str | None
) -> Problem:
    name, value = str(path[-1]), document.as_written(path)
    covers = (path,)
    message, help_ = f"`{name}` must be {wanted}", None
    if right not in (None, [], {}, [{}]) or (right == {} and example is None):
        help_ = f"write `{name}: {flow(right)}`"
    elif example:
        help_ = f"for example `{example}`"
    if wanted == "a list" and _has_dashes(name, value):
        message = "a space is missing after `-`"
        help_ = f"write {' and '.join(f'`- {flow(item)}`' for item in (right or ())[:3])}"
        return Problem(path, "yaml-syntax", message, help_, covers=covers)
    certain = listed(value) if wanted == "a list" and isinstance(value, str) else None
    certain = certain if certain and list(certain) == right else None
    return Problem(path, "invalid-value", message, help_, right=certain, covers=covers)


def _has_dashes(name: str, value: Any) -> bool:
    words = value.split() if isinstance(value, str) else value if isinstance(value, dict) else ()
    return name != "args" and any(str(word).startswith("-") for word in words)


def right_form_of(document: Document, problem: Problem) -> str | None:
    """The right form of a wrong value, for a problem without a help line of its own."""
    path = problem.path
    if problem.code == "missing-key":
        names = document.keys(("assets",)) if (path[0], path[-1]) == ("checks", "asset") else []
        return f"its assets are {first_few(names)}" if names else None
    if problem.code != "invalid-value" or not path:
        return None
    if len(path) > 1 and document.at(path) is None and path[-2] in NAMED:
        return f"write `{path[-1]}: {{}}`"
    field = next((step for step in reversed(path) if step in EXAMPLES), None)
    return f"for example `{EXAMPLES[str(field)]}`" if field else None

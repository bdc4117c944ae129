"""What the kind of a script allows its manifest to say, and what it rules out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipes_projects.codes import Code
from pipes_projects.compiler.validate.published_names import doubt
from pipes_projects.compiler.validate.words.other_tools import KIND_OF, plain
from pipes_projects.kinds import DEFAULT
from pipes_projects.manifest.contract import Contract, Kind
from pipes_projects.manifest.forms import Defaults, Form
from pipes_projects.manifest.model import is_badge, listed
from pipes_projects.manifest.model.problems import Path, Problem
from pipes_projects.spelling import obvious, similar


def kind_choice(data: dict[str, Any], contract: Contract) -> Iterator[Problem]:
    kind, kinds = data.get("kind", DEFAULT), data.get("kinds")
    if kind is None:
        yield Problem(("kind",), "invalid-value", "`kind` cannot be null", "name a kind")
    elif isinstance(kind, list) and len(kind) == 1 and kind[0] in [*contract.kinds]:
        help_ = f"write `kind: {kind[0]}`"
        yield Problem(("kind",), "kind-or-kinds", "`kind` is one name", help_)
    elif isinstance(kind, list):
        badges = ", ".join(str(name) for name in kind)
        help_ = f"write `kinds: [{badges}]` for badges in the UI; `kind` is what runs the script"
        is_sure = "kinds" not in data and not any(name in [*contract.kinds] for name in kind)
        right = "kinds" if is_sure else None
        yield Problem(
            ("kind",), "kind-or-kinds", "`kind` is one name", help_, (), False, None, right
        )
    elif isinstance(kind, str) and kind not in contract.kinds:
        yield _unknown_kind(kind, contract)
    if isinstance(kinds, str):
        help_ = f"write `kinds: [{kinds}]` for a badge in the UI; what runs the script is `kind`"
        right_list = listed(kinds)
        yield Problem(
            ("kinds",), "kind-or-kinds", "`kinds` is a list", help_, (), False, right_list
        )


def _unknown_kind(kind: str, contract: Contract) -> Problem:
    message = f"`{kind}` is not a kind of script"
    if why := contract.unusable_kinds.get(kind):
        return Problem(("kind",), Code.UNKNOWN_KIND, message, why)
    help_ = _elsewhere(kind, contract) or similar(kind, contract.kinds, "a kind")
    help_ = help_ or _all_kinds(contract)
    if unsure := doubt(contract, "kinds"):
        help_ += f"; {unsure}"
    right = obvious(kind, contract.kinds)
    return Problem(("kind",), Code.UNKNOWN_KIND, message, help_, right=right)


def _elsewhere(kind: str, contract: Contract) -> str | None:
    """What other tools call a kind."""
    meant = KIND_OF.get(plain(kind))
    is_ours = any(name.lower() == kind.lower() for name in contract.kinds)
    if is_ours or meant not in contract.kinds:
        return None
    badge = f"; for a badge in the UI, write `kinds: [{kind}]`" if is_badge(kind) else ""
    return f"`kind: {meant}` may be meant{badge}"


def _all_kinds(contract: Contract) -> str:
    names = ", ".join(f"`{name}`" for name in contract.kinds)
    what = "`kind` is what runs the script, badges in the UI are `kinds`"
    return f"the kinds are {names}; {what}"


def misplaced(form: Form, data: dict[str, Any], contract: Contract) -> Iterator[Problem]:
    """What the document's own `kind` rules out."""
    kind = contract.kinds.get(data["kind"]) if isinstance(data.get("kind"), str) else None
    if kind is not None and form is not Defaults:
        yield from kind_problems(kind, data, contract)


def kind_problems(kind: Kind, data: Mapping[str, Any], contract: Contract) -> Iterator[Problem]:
    """What a manifest says that makes no sense for a script of this kind."""
    blocks = (contract.blocks - {kind.name}) & data.keys()
    if not (kind.forbidden or contract.added_fields or blocks):
        return
    for key in blocks:
        message = f"`{key}` has options of another kind: this script's kind is `{kind.name}`"
        help_ = f"remove the block, or write `kind: {key}`"
        yield Problem((key,), "wrong-kind-options", message, help_, (), True)
    yield from _not_of_kind(kind, data, contract.added_script_fields, kind.script_fields.names, ())
    assets = data.get("assets")
    bodies = assets.items() if isinstance(assets, dict) else ()
    places = [((), data), *((("assets", n), b) for n, b in bodies if isinstance(b, dict))]
    for path, body in places:
        yield from _not_of_kind(
            kind, body, contract.added_asset_fields, kind.asset_fields.names, path
        )
        for key in sorted(kind.forbidden.keys() & body.keys()):
            yield _forbidden(kind, (*path, key))


def _forbidden(kind: Kind, path: Path) -> Problem:
    key = str(path[-1])
    message = f"`{key}` is not for `kind: {kind.name}`, which {kind.forbidden[key]}"
    help_ = "remove it, or choose another kind"
    if not kind.takes_script:
        help_ = "remove it, or give the asset a script and another kind"
    own = f"not-for-{kind.name}"  # `external` had a code before other kinds forbade anything
    code = own if own in frozenset(Code) else Code.NOT_FOR_KIND
    return Problem(path, code, message, help_, (), True)


def _not_of_kind(
    kind: Kind,
    data: Mapping[str, Any],
    added: Mapping[str, Sequence[str]],
    own: frozenset[str],
    path: Path,
) -> Iterator[Problem]:
    for key in sorted((added.keys() - own) & data.keys()) if added else ():
        message = f"`{key}` is not a key for `kind: {kind.name}`"
        help_ = f"it is a key for {' and '.join(f'`kind: {name}`' for name in added[key])}"
        yield Problem((*path, key), "unknown-key", message, help_, (), True)


def compute_kind(path: Path, body: dict[str, Any]) -> Iterator[Problem]:
    tags = body.get("tags")
    if isinstance(tags, dict) and "kind" in tags:
        help_ = "write `kinds:` for a badge, or the tag `kind` at the top of the manifest"
        where = (*path, "tags", "kind")
        yield Problem(where, "kind-or-kinds", "an asset has no tag `kind`", help_, (), True)

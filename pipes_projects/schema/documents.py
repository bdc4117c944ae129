"""The schemas of manifests: flat objects, because that is what editors complete best.

Every key is listed once at the top. Where it depends on the kind or the form what a key allows,
`if`/`then` decides; a key in the wrong place meets a schema that nothing satisfies, with a message
that says where it belongs.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pipes_projects.layout import CONTRACT, DEFAULTS_SCHEMA
from pipes_projects.manifest.asset import AssetDefaults, AssetFields
from pipes_projects.manifest.contract import Contract, Kind
from pipes_projects.manifest.forms import Defaults, MultiAssetManifest, SingleAssetManifest
from pipes_projects.manifest.model import refusal
from pipes_projects.render.findings.shape import Findings
from pipes_projects.render.picture.shape import ProjectPicture
from pipes_projects.schema import Schema
from pipes_projects.schema.asset_keys import with_references
from pipes_projects.schema.contract.reading import EXTENSION
from pipes_projects.schema.contract.writing import extension
from pipes_projects.schema.fields import (
    DRAFT,
    model_schema,
    optional,
    shape_schema,
    with_markdown,
)
from pipes_projects.schema.for_editors import for_editors
from pipes_projects.schema.published_names import with_connections, with_names

_ONE_ASSET_ONLY = tuple(sorted(AssetFields.model_fields.keys() - AssetDefaults.model_fields.keys()))


def render(schema: Schema) -> str:
    """The text of a schema's file; what is not Unicode is escaped, as JSON allows."""
    text = json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def manifest_schema(contract: Contract) -> Schema:
    """Both forms in one, and the contract: what editors use."""
    return _finished(_manifest(contract))


def _manifest(contract: Contract) -> Schema:
    return {
        "title": "A manifest of Pipes Projects",
        "description": SingleAssetManifest.__doc__,
        **_document(contract, tuple(_form_rules()), _all_properties(contract)),
        EXTENSION: extension(contract),
    }


def single_asset_schema(contract: Contract) -> Schema:
    """The form for one asset, alone."""
    properties = _all_properties(contract)
    fields = model_schema(SingleAssetManifest)["properties"]
    del properties["assets"]
    properties.update({name: fields[name] for name in _ONE_ASSET_ONLY})
    document = _document(contract, (), properties)
    return _finished({"title": "A manifest of one asset", **document})


def multi_asset_schema(contract: Contract) -> Schema:
    """The form for several assets, alone."""
    properties = _all_properties(contract)
    for name in _ONE_ASSET_ONLY:
        del properties[name]
    properties["checks"] = model_schema(MultiAssetManifest)["properties"]["checks"]
    document = _document(contract, (), properties)
    document |= {"type": "object", "required": ["assets"]}
    return _finished({"title": "A manifest of several assets", **document})


def _finished(schema: Schema) -> Schema:
    return {"$schema": DRAFT, **for_editors(schema)}


def defaults_schema(contract: Contract) -> Schema:
    """What `_defaults.yaml` may say: the blocks of all kinds, and all fields that any kind has."""
    properties = with_names(model_schema(Defaults)["properties"], contract)
    properties["kind"] = _kind_enum(contract)
    document = {
        "title": "Defaults of Pipes Projects",
        "description": Defaults.__doc__,
        "type": ["object", "null"],
        "properties": {**properties, **_blocks(contract), **_added(contract)},
        "additionalProperties": False,
    }
    return _finished(document)


def _blocks(contract: Contract) -> Schema:
    return {name: _block(name, contract) for name in sorted(contract.blocks)}


def _block(name: str, contract: Contract) -> Schema:
    """A kind's options, described by the kind if their owner does not describe them."""
    kind = contract.kinds[name]
    assert kind.options is not None
    schema = with_connections(optional(shape_schema(kind.options)), contract)
    about = {"description": f"Options of the kind. {kind.description}".rstrip()}
    return with_markdown({**about, **schema})


def _added(contract: Contract) -> Schema:
    made: Schema = {}
    for part in ("script_fields", "asset_fields"):
        for field, kinds in _kinds_by_field(contract, part).items():
            made[field] = _added_field(contract, part, field, kinds)
    return made


def _added_field(contract: Contract, part: str, field: str, kinds: list[str]) -> Schema:
    shape = getattr(contract.kinds[kinds[0]], part)
    schema: Schema = optional(shape_schema(shape))["properties"][field]
    return schema


def _document(contract: Contract, forms: tuple[Schema, ...], properties: Schema) -> Schema:
    listed = properties.keys()
    rules = [*forms, *(_only_listed(rule, listed) for rule in _kind_rules(contract))]
    return {
        "type": ["object", "null"],
        "properties": properties,
        "additionalProperties": False,
        "allOf": [rule for rule in rules if rule],
    }


def _all_properties(contract: Contract) -> Schema:
    single = model_schema(SingleAssetManifest)["properties"]
    multi = model_schema(MultiAssetManifest)["properties"]
    properties = {**single, "kind": _kind_enum(contract), "assets": multi["assets"]}
    properties = with_names(properties, contract)
    properties["assets"]["additionalProperties"] = _asset(contract)
    properties.update(dict.fromkeys(_ONE_ASSET_ONLY, True))
    conditional = contract.blocks | contract.added_fields
    return {**properties, **dict.fromkeys(sorted(conditional), True)}


def _asset(contract: Contract) -> Schema:
    schema = model_schema(AssetFields)
    schema["properties"] = with_names(schema["properties"], contract)
    schema["properties"].update(dict.fromkeys(sorted(contract.added_asset_fields), True))
    schema["properties"]["kind"] = True
    schema["properties"]["tags"] = _with_rule(schema["properties"]["tags"], _NO_TAG)
    return _with_rule(schema, _NO_KIND)


_NO_KIND = refusal(["kind"], "badges are `kinds`; `kind` goes at the top")
_NO_TAG = refusal(["kind"], "an asset has no tag `kind`: write `kinds`, or the tag at the top")


def _with_rule(schema: Schema, rule: Schema) -> Schema:
    return {**schema, "allOf": [*schema.get("allOf", ()), rule]}


def _kind_enum(contract: Contract) -> Schema:
    described = model_schema(SingleAssetManifest)["properties"]["kind"]
    names = list(contract.kinds)
    return {
        **described,
        "type": "string",
        "enum": names,
        "enumDescriptions": [contract.kinds[name].description for name in names],
    }


def _form_rules() -> Iterator[Schema]:
    """Rules for one asset, or several."""
    fields = model_schema(AssetFields)["properties"]
    names = [name for name in _ONE_ASSET_ONLY if name != "checks"]
    beside = refusal(names, "this belongs to one asset: write it under its name in `assets`")
    checks = model_schema(MultiAssetManifest)["properties"]["checks"]
    yield {
        "if": {"required": ["assets"]},
        "then": {**beside, "properties": {**beside["properties"], "checks": checks}},
        "else": {"properties": {name: fields[name] for name in _ONE_ASSET_ONLY}},
    }


def _kind_rules(contract: Contract) -> Iterator[Schema]:
    """A manifest without a kind may inherit one, so every block is allowed in it."""
    for name in sorted(contract.blocks):
        other = f"these are options of another kind: they need `kind: {name}`"
        block = {"properties": {name: _block(name, contract)}}
        yield _for_kinds([name], block, refusal([name], other))
    yield from _added_rules(contract)
    for kind in contract.kinds.values():
        yield from _forbidding(kind)


def _added_rules(contract: Contract) -> Iterator[Schema]:
    for part in ("script_fields", "asset_fields"):
        for field, kinds in _kinds_by_field(contract, part).items():
            schema = _added_field(contract, part, field, kinds)
            right: Schema = {"properties": {field: schema}}
            wrong = refusal([field], f"this needs a kind that has it: {', '.join(kinds)}")
            if part == "asset_fields":
                right, wrong = _at_assets(right), _at_assets(wrong)
            yield _for_kinds(kinds, right, wrong)


def _kinds_by_field(contract: Contract, part: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for kind in contract.kinds.values():
        for field in sorted(getattr(kind, part).names):
            found.setdefault(field, []).append(kind.name)
    return found


def _at_assets(rule: Schema) -> Schema:
    """A rule for the top, and for what is under the name of every asset."""
    assets = {"doNotSuggest": True, "additionalProperties": rule}
    return {**rule, "properties": {**rule["properties"], "assets": assets}}


def _for_kinds(kinds: list[str], then: Schema, otherwise: Schema) -> Schema:
    return {"if": _kind_is(kinds), "then": then, "else": otherwise}


def _kind_is(kinds: list[str]) -> Schema:
    """A condition on the kind, which editors would otherwise propose as a value."""
    return {"properties": {"kind": {"enum": kinds, "doNotSuggest": True}}}


def _forbidding(kind: Kind) -> Iterator[Schema]:
    for reason, fields in kind.forbidden_by_reason.items():
        message = f"this is not for `kind: {kind.name}`, which {reason}"
        yield {
            "if": {**_kind_is([kind.name]), "required": ["kind"]},
            "then": _at_assets(refusal(fields, message)),
        }


def _only_listed(rule: Schema, listed: Any) -> Schema:
    """The rule without its parts about keys that this form does not have."""
    kept: Schema = {part: _pick(rule[part], listed) for part in ("then", "else") if part in rule}
    return {"if": rule["if"], **kept} if any(value["properties"] for value in kept.values()) else {}


def _pick(part: Schema, listed: Any) -> Schema:
    fields = {name: field for name, field in part["properties"].items() if name in listed}
    return {**part, "properties": fields}


def findings_schema(contract: Contract) -> Schema:
    """The schema of findings, the same for every contract."""
    del contract
    return {"$schema": DRAFT, "title": "Findings of Pipes Projects", **model_schema(Findings)}


def picture_schema(contract: Contract) -> Schema:
    """The schema of the picture, the same for every contract."""
    del contract
    return {"$schema": DRAFT, "title": "A picture of a project", **model_schema(ProjectPicture)}


def project_schemas(contract: Contract) -> dict[str, Schema]:
    """The schemas of a project, by their paths in it; the contract is in the first."""
    manifest = _finished(with_references(_manifest(contract)))
    return {CONTRACT: manifest, DEFAULTS_SCHEMA: defaults_schema(contract)}


PUBLISHED = {
    "manifest.schema.json": manifest_schema,
    "single-asset.schema.json": single_asset_schema,
    "multi-asset.schema.json": multi_asset_schema,
    "defaults.schema.json": defaults_schema,
    "findings.schema.json": findings_schema,
    "picture.schema.json": picture_schema,
}
"""The schemas that this repository publishes, by file."""

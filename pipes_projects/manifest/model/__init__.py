"""What all models of the format have in common, and the types that their fields share.

Every rule is written twice where it must be, side by side: as a check with a sentence of ours,
and as JSON Schema for editors. The rules for names, tags and owners are Dagster's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    GetJsonSchemaHandler,
    WithJsonSchema,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError


class Model(BaseModel):
    """A part of the format; the docstrings of its fields are the editor's help."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        frozen=True,
        defer_build=True,
        hide_input_in_errors=True,
    )


def refuse(
    code: str,
    message: str,
    help_: str = "",
    at: tuple[str | int, ...] = (),
    right: str | tuple[str, ...] | None = None,
    known: tuple[str, ...] = (),
) -> PydanticCustomError:
    """What a validator raises: code, sentence, help line, the place in the value at fault, what
    would have been right, where that is plain, and the words that would all have been right."""
    # A message is a template, which cannot hold a brace of its own; what is put in can.
    context = {"said": message, "help": help_, "at": at, "right": right, "known": known}
    return PydanticCustomError(code, "{said}", context)


def listed(text: str) -> tuple[str, ...] | None:
    """The list that text was meant to be; None, where that is not plain."""
    parts = tuple(part.strip() for part in text.split(","))
    return parts if all(parts) and not any(" " in part for part in parts) else None


def matching(pattern: str, code: str, message: str, help_: str) -> Any:
    """A check of text against a pattern; VALUE in the message stands for the text."""
    compiled = re.compile(pattern)

    def check(value: str) -> str:
        if not compiled.fullmatch(value):
            raise refuse(code, message.replace("VALUE", value), help_)
        return value

    return AfterValidator(check)


def mapping(name: str, example: str) -> Any:
    """A check that something is a mapping, with an example of one."""

    def check(value: object) -> object:
        if isinstance(value, dict | BaseModel):
            return value
        raise refuse("invalid-value", f"`{name}` must be a mapping", f"for example `{example}`")

    return BeforeValidator(check)


class SchemaPattern:
    """Shows a pattern, and what is wrong with text that does not match it, to editors."""

    def __init__(self, pattern: str, message: str) -> None:
        self.schema = {"pattern": f"^(?:{pattern})$", "patternErrorMessage": message}

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Pydantic's hook: the type's own schema, and the pattern."""
        return {**handler(core), **self.schema}


def refusal(names: Iterable[str], message: str) -> dict[str, Any]:
    """Schema of a mapping without some keys: editors underline them and never propose them."""
    return {"properties": dict.fromkeys(names, False), "errorMessage": message}


TEXT_SCHEMA = {"type": ["string", "number", "boolean"]}


def until_filled(pattern: str) -> str:
    """The pattern; and any text with `{params.name}` in it, which says more once a script runs."""
    return rf"{pattern}|[\s\S]*\{{(params|deployment)\.[^{{}}]+\}}[\s\S]*"


class AsWritten:
    """Marks text for which plain numbers and booleans are taken as they are written."""


class AsItStands:
    """Marks text that a program gets unchanged: no shell reads it, and nothing expands it."""


class FromHere:
    """Marks a path that is relative to the file that it is written in."""


class FromHereIfPath(FromHere):
    """Marks text that is such a path if it has a slash; a word alone means something else."""


class Folder:
    """Marks the path of a folder that must exist."""


NAMES = "x-names"
"""The key of a schema that says which published names the text is one of."""


class NamesConnection:
    """Marks the name of a connection that the platform owner publishes."""

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Pydantic's hook: the type's own schema, with the mark, as contracts keep it."""
        return {**handler(core), NAMES: "connections"}


Text = Annotated[str, AsWritten(), WithJsonSchema(TEXT_SCHEMA)]
"""Text for Dagster; numbers and booleans are taken as they are written."""

Word = Annotated[Text, AsItStands()]
"""Text for a program, which gets it unchanged, except for `{params.name}` and
`{deployment.slug}`."""


def _not_blank(value: str) -> str:
    if not value.strip():
        raise PydanticCustomError("blank", "must not be empty")
    return value


_NOT_BLANK = (AfterValidator(_not_blank), SchemaPattern(r"[\s\S]*\S[\s\S]*", "must not be empty"))

SomeText = Annotated[Text, *_NOT_BLANK]
"""Text that is not empty, nor blanks alone."""

SomeWord = Annotated[Word, *_NOT_BLANK]
"""The same, for a program."""

RelativePath = Annotated[str, FromHere()]
"""A path relative to the file that it is written in, `_defaults.yaml` included."""

RelativeFolder = Annotated[str, FromHere(), Folder()]
"""A folder that must exist, relative to the file that it is written in."""

ConnectionName = Annotated[str, NamesConnection()]
"""The name of a connection that the platform owner publishes."""

_OWNER = r"team:[\s\S]+|[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Z|a-z]{2,7}"
_OWNER_HELP = "an owner is an e-mail address, or `team:` and a name"

Owner = Annotated[
    str,
    matching(_OWNER, "invalid-owner", "`VALUE` is not an owner", _OWNER_HELP),
    SchemaPattern(_OWNER, _OWNER_HELP),
]

_NAME = r"[A-Za-z0-9_.-]{1,63}"
_TAG_KEY = rf"({_NAME}/)?{_NAME}"
_TAG_HELP = "letters, digits, `_`, `-` and `.`, at most 63 of them"

TagKey = Annotated[
    str,
    matching(_TAG_KEY, "invalid-tag", "`VALUE` is not the name of a tag", _TAG_HELP),
    SchemaPattern(_TAG_KEY, _TAG_HELP),
]
_TAG_VALUE = r"[A-Za-z0-9_.-]{0,63}"


class _TagValueSchema:
    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {**TEXT_SCHEMA, **SchemaPattern(_TAG_VALUE, _TAG_HELP).schema}


TagValue = Annotated[
    Text,
    matching(_TAG_VALUE, "invalid-tag", "`VALUE` cannot be the value of a tag", _TAG_HELP),
    _TagValueSchema(),
]

Badge = Annotated[
    str,
    matching(_NAME, "invalid-value", "`VALUE` cannot be a kind in the UI", _TAG_HELP),
    SchemaPattern(_NAME, _TAG_HELP),
]


def is_badge(word: str) -> bool:
    """Whether a word can be a badge in the UI, one of `kinds`."""
    return re.fullmatch(_NAME, word) is not None


_KEY_HELP = "write the whole key, as in `group/asset`"
_KEY = r"[^/\x00]+(/[^/\x00]+)*"

KEY_PATTERN = SchemaPattern(_KEY, _KEY_HELP)


def _key(value: str) -> str:
    if re.fullmatch(_KEY, value):
        return value
    right = re.sub("/+", "/", value).strip("/")
    is_key = "/" in right and re.fullmatch(_KEY, right)
    help_ = f"write `{right}`" if is_key else _KEY_HELP
    raise refuse("invalid-name", f"`{value}` is not an asset key", help_)


Key = Annotated[str, AfterValidator(_key), KEY_PATTERN]

_ASSET_NAME = r"[A-Za-z0-9_.-]+"
_ASSET_NAME_HELP = "an asset's name has letters, digits, `_`, `-` and `.`"

AssetName = Annotated[
    str,
    matching(_ASSET_NAME, "invalid-name", "`VALUE` is not an asset's name", _ASSET_NAME_HELP),
    SchemaPattern(_ASSET_NAME, _ASSET_NAME_HELP),
]

_POOL = r"\S+"
_POOL_HELP = "a pool's name has no spaces"

Pool = Annotated[
    str,
    matching(_POOL, "invalid-pool", "`VALUE` is not the name of a pool", _POOL_HELP),
    SchemaPattern(_POOL, _POOL_HELP),
]

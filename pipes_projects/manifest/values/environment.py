"""What a script finds in its environment: what it inherits, and which values are secret."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from pipes_projects.manifest.model import Model, SchemaPattern, listed, matching, refuse

_NAME_HELP: Final = "the name of an environment variable has no `=`"
_NAME: Final = r"[^=\x00]+"

VariableName = Annotated[
    str,
    matching(_NAME, "invalid-value", "`VALUE` is not the name of a variable", _NAME_HELP),
    SchemaPattern(_NAME, _NAME_HELP),
]

ALL, NONE = "all", "none"
_INHERIT_HELP: Final = "write `all`, `none`, or a list of names, as in `[PATH, HOME]`"


def _inherit(value: object) -> object:
    if isinstance(value, str):
        if value in (ALL, NONE):
            return value
        message = f"`{value}` is neither `all` nor `none`"
        names = listed(value) if "," in value or value.isupper() else None
        raise refuse("invalid-value", message, _INHERIT_HELP, right=names, known=(ALL, NONE))
    if not isinstance(value, list):
        raise refuse("invalid-value", "this does not say which variables to inherit", _INHERIT_HELP)
    for at, name in enumerate(value):
        if not isinstance(name, str) or not re.fullmatch(_NAME, name):
            message = f"`{name}` is not the name of a variable"
            raise refuse("invalid-value", message, _NAME_HELP, (at,))
    return value


InheritEnv = Annotated[
    str | list[str],
    BeforeValidator(_inherit),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "enum": [ALL, NONE]},
                {
                    "type": "array",
                    "items": {"type": "string", **SchemaPattern(_NAME, _NAME_HELP).schema},
                },
            ]
        }
    ),
]
"""`all`, `none`, or the names of some variables."""

_SECRET: Final = r"[A-Za-z_][A-Za-z0-9_]*"
_SECRET_HELP: Final = "a variable's name has letters, digits and `_`"
_FORMS: Final = "an entry of `secrets` is a name, or `{NAME: OWNERS_NAME}`"


class Secret(Model):
    """A variable whose value is secret."""

    name: str
    """What the script calls it."""

    known_as: str
    """What the platform owner calls it."""


def _secret(value: object) -> object:
    if isinstance(value, Secret):
        return value
    if isinstance(value, str):
        return Secret(name=_variable(value), known_as=value)
    if not isinstance(value, dict):
        raise refuse("invalid-value", _FORMS)
    if len(value) != 1:
        raise refuse("invalid-value", _FORMS, "write an entry for each secret")
    ((name, known_as),) = value.items()
    if not isinstance(known_as, str) or not known_as or "\0" in known_as:
        help_ = f"write the platform owner's name for it, or just `{name}`"
        raise refuse("invalid-value", f"`{name}` must be text", help_, (name,))
    return Secret(name=_variable(name), known_as=known_as)


def _variable(name: str) -> str:
    if re.fullmatch(_SECRET, name):
        return name
    shown, help_ = f"`{name}`", _SECRET_HELP
    if "=" in name or ":" in name:
        shown, help_ = (
            "this",
            "write only the variable's name: values of secrets do not belong in a manifest",
        )
    raise refuse("invalid-value", f"{shown} is not the name of a variable", help_)


def _secrets_list(value: object) -> object:
    if isinstance(value, str):
        help_ = f"write `secrets: [{', '.join(value.replace(',', ' ').split())}]`"
        raise refuse("invalid-value", "`secrets` is a list", help_, right=listed(value))
    if isinstance(value, dict):
        help_ = "write `secrets: [PASSWORD, {API_KEY: PROD_API_KEY}]`: names, and no values"
        raise refuse("invalid-value", "`secrets` is a list", help_)
    return value


def _once(secrets: list[Secret]) -> list[Secret]:
    seen = set[str]()
    for at, secret in enumerate(secrets):
        if secret.name in seen:
            message = f"`{secret.name}` is listed twice in `secrets`"
            raise refuse("invalid-value", message, "remove one of them", (at,))
        seen.add(secret.name)
    return secrets


_VARIABLE_SCHEMA: Final[dict[str, Any]] = SchemaPattern(_SECRET, _SECRET_HELP).schema
_SECRET_SCHEMA: Final[dict[str, Any]] = {
    "anyOf": [
        {"type": "string", **_VARIABLE_SCHEMA},
        {
            "type": "object",
            "minProperties": 1,
            "maxProperties": 1,
            "propertyNames": _VARIABLE_SCHEMA,
            "additionalProperties": {"type": "string", **SchemaPattern(r"[^\x00]+", _FORMS).schema},
        },
    ]
}

Secrets = Annotated[
    list[Annotated[Secret, BeforeValidator(_secret), WithJsonSchema(_SECRET_SCHEMA)]],
    BeforeValidator(_secrets_list),
    AfterValidator(_once),
    Field(json_schema_extra={"uniqueItems": True}),
]
"""Names of variables, each with the platform owner's name for its value where that differs."""

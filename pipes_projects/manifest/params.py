"""Parameters: values that a launch may change, each with its type and limits."""

from __future__ import annotations

import marshal
from collections import Counter
from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Annotated, Any, Final, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    FiniteFloat,
    GetJsonSchemaHandler,
    ValidatorFunctionWrapHandler,
    WithJsonSchema,
    WrapValidator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from pipes_projects.manifest.model import Model, SchemaPattern, mapping, matching, refuse
from pipes_projects.manifest.model.yaml_flow import flow
from pipes_projects.manifest.values.regular import (
    PatternError,
    check_pattern,
    matches,
    refusal,
)

ParamType = Literal["string", "integer", "number", "boolean", "list"]

_PLAIN: Final = ["string", "number", "boolean"]
_VALUE_SCHEMA: Final = {"type": [*_PLAIN, "array"], "items": {"type": _PLAIN}}


def type_of(value: object) -> ParamType | None:
    """The type of a parameter with this default; None for what none can have."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, float):
        return "number" if isfinite(value) else None
    if isinstance(value, list):
        plain = all(type_of(entry) not in (None, "list") for entry in value)
        return "list" if plain else None
    return "string" if isinstance(value, str) else None


def _value(value: object) -> object:
    if value is not None and type_of(value) is None:
        message = "a param's value is text, a number, `true`, `false`, or a list of those"
        raise refuse("invalid-value", message, "write `{type: integer, default: 10}`, for example")
    return value


def _regular(pattern: str) -> str:
    try:
        check_pattern(pattern)
    except PatternError as error:
        raise refuse("invalid-value", str(error), "the whole text must match it") from None
    return pattern


def _type(value: object) -> object:
    if isinstance(value, list):
        help_ = f"for the only values allowed, write `choices: {flow(value)}`"
        raise refuse("invalid-value", "a param's type is one word, not a list", help_)
    return value


ParamValue = Annotated[Any, AfterValidator(_value), WithJsonSchema(_VALUE_SCHEMA)]


class Param(Model):
    """A value that a launch may change: its default, its type and its limits."""

    type: Annotated[ParamType | None, BeforeValidator(_type)] = None
    """The type of its values; by default that of `default`."""

    default: ParamValue | None = None
    """The value in every run that is not given another one."""

    description: str | None = None
    """What it means, for those who launch runs."""

    minimum: FiniteFloat | None = None
    """For numbers: the smallest value allowed."""

    maximum: FiniteFloat | None = None
    """For numbers: the largest value allowed."""

    pattern: Annotated[str, AfterValidator(_regular)] | None = None
    """For text: a regular expression that the whole text must match."""

    choices: list[ParamValue] | None = None
    """The only values allowed; for a list, the only entries."""

    @property
    def effective_type(self) -> ParamType | None:
        """The declared type, else that of the default."""
        return self.type or type_of(self.default)


def expanded(value: Any) -> Any:
    """A parameter as the mapping that it stands for: a default alone is one."""
    return value if value is None or isinstance(value, dict | Param) else {"default": value}


def declared(
    params: Mapping[str, Any], sound: Mapping[str, Param | None] | None = None
) -> dict[str, Param]:
    """Parameters, each as its declaration; raises ValueError for what is not one. Those of `sound`
    are known to be right."""
    if params == sound:
        return dict(params)
    made = {name: Param.model_validate(expanded(param)) for name, param in params.items()}
    for name, param in made.items():
        if param.default is None:
            raise ValueError(f"param `{name}` needs a `default`")
        for _, sentence in declaration_faults(param):
            raise ValueError(f"param `{name}`: {sentence}")
    return made


class _DefaultOrMapping:
    """To editors: a default, or a mapping that has one."""

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"anyOf": [handler(core), _VALUE_SCHEMA]}


_NAME: Final = r"[A-Za-z_][A-Za-z0-9_]*"
_NAME_HELP: Final = "a param's name has letters, digits and `_`"

TOLD = {
    "deployment": "the deployment that they run in",
    "partition_keys": "the partitions of a run",
    "selected_checks": "the checks that are selected",
    "upstream": "what is known of upstream assets",
}
"""What scripts are told under these names, whatever a manifest says."""
_IS_TOLD = f"(?!(?:{'|'.join(TOLD)})$)"

ParamName = Annotated[
    str,
    matching(_NAME, "invalid-name", "`VALUE` cannot be the name of a param", _NAME_HELP),
    SchemaPattern(_IS_TOLD + _NAME, _NAME_HELP),
]
_KEPT: Final = 1024
_Declared = dict[ParamName, Annotated[Param | None, BeforeValidator(expanded), _DefaultOrMapping()]]


class _MadeOnce:
    """Equal declarations, which many scripts of a project have, become one object."""

    def __init__(self) -> None:
        self.made: dict[bytes, dict[str, Param | None]] = {}

    def __call__(self, value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
        try:
            written = marshal.dumps(value, 2)  # tells 1 from 1.0 and true, unlike `==`
        except ValueError:
            return handler(value)
        made = self.made.get(written)
        if made is None:
            if len(self.made) >= _KEPT:
                self.made.clear()
            made = self.made[written] = handler(value)
        return made


Params = Annotated[
    _Declared, WrapValidator(_MadeOnce()), mapping("params", "params: {min_flights: 8}")
]
ParamValues = Annotated[
    dict[str, ParamValue], mapping("params", "schedule: {cron_schedule: 0 5 * * *, params: {n: 8}}")
]

_TYPES: Final[Mapping[ParamType, str]] = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "`true` or `false`",
    "list": "a list of text, numbers or booleans",
}
_LIMITS: Final[Mapping[str, tuple[ParamType, ...]]] = {
    "minimum": ("integer", "number"),
    "maximum": ("integer", "number"),
    "pattern": ("string",),
    "choices": ("string", "integer", "number", "list"),
}


def fault(param: Param, value: object) -> str | None:
    """What keeps a parameter from having a value: how the value would have to be."""
    kind = param.effective_type
    if kind is None:
        return None
    if not _is(kind, value):
        return f"it must be {_TYPES[kind]}"
    for entry in value if isinstance(value, list) else (value,):
        if param.choices is not None and not _is_among(entry, param.choices):
            return f"it must be one of {_listed(param.choices)}"
    return _out_of_limits(param, value)


def misfits(params: Mapping[str, Param], values: Mapping[str, Any]) -> list[str]:
    """A sentence for each value of a launch that its parameter cannot have."""
    return [
        f"param `{name}` cannot be `{flow(values[name])}`: {why}"
        for name, param in params.items()
        if name in values and (why := fault(param, values[name]))
    ]


def _is(kind: ParamType, value: object) -> bool:
    actual = type_of(value)
    return actual == kind or (kind == "number" and actual == "integer")


def _is_among(value: object, choices: list[Any]) -> bool:
    """Not by equality alone: to Python, `true` is 1."""
    return any(
        choice == value and isinstance(choice, bool) is isinstance(value, bool)
        for choice in choices
    )


def _out_of_limits(param: Param, value: Any) -> str | None:
    if param.minimum is not None and value < param.minimum:
        return f"it must be at least {limit(param.minimum)}"
    if param.maximum is not None and value > param.maximum:
        return f"it must be at most {limit(param.maximum)}"
    return None if param.pattern is None else _mismatch(param.pattern, str(value))


def _mismatch(pattern: str, text: str) -> str | None:
    try:
        return None if matches(pattern, text) else f"it must match `{pattern}`"
    except PatternError as error:
        return str(error)


_LONG: Final = 1e21
"""From here on, nobody writes all digits."""


def limit(number: float) -> str:
    """A limit as its author would write it: a whole number without a fraction, `1e300` as it is."""
    return flow(int(number) if number.is_integer() and abs(number) < _LONG else number)


def declaration_faults(param: Param) -> Iterator[tuple[str, str]]:
    """What is wrong with a parameter's own limits and default: the key, and a sentence."""
    kind = param.effective_type
    unfit = [
        name
        for name, kinds in _LIMITS.items()
        if kind and getattr(param, name) is not None and kind not in kinds
    ]
    for name in unfit:
        yield name, f"`{name}` is not for a param of type `{kind}`"
    if kind is None or unfit:
        return
    if param.choices is not None and (wrong_choices := _fault_of_choices(kind, param.choices)):
        yield "choices", wrong_choices
    elif param.minimum is not None and param.maximum is not None and param.minimum > param.maximum:
        yield "minimum", f"`minimum` is greater than `maximum`, which is {limit(param.maximum)}"
    elif param.pattern is not None and (refused := refusal(param.pattern)):
        yield "pattern", refused
    elif param.default is not None and (wrong_default := fault(param, param.default)):
        yield "default", f"the default is `{flow(param.default)}`, but {wrong_default}"


def _fault_of_choices(kind: ParamType, choices: list[Any]) -> str | None:
    if not choices:
        return "`choices` must not be empty"
    if kind == "list":
        if any(isinstance(entry, list) for entry in choices):
            return "the choices of a list are what may be in it, not whole lists"
    elif wrong := [entry for entry in choices if not _is(kind, entry)]:
        return f"`{flow(wrong[0])}` is not {_TYPES[kind]}"
    (text, times), *_ = Counter(map(flow, choices)).most_common(1)
    often = "twice" if times == 2 else "more than once"
    return f"`{text}` is in `choices` {often}" if times > 1 else None


def _listed(values: list[Any]) -> str:
    return ", ".join(f"`{flow(value)}`" for value in values)


def as_text(value: object) -> str:
    """A value as text alone, as an argument of a script has it."""
    return value if isinstance(value, str) else flow(value)

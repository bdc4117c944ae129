"""What the methods of an owner's classes return: called once, then checked or refused by name."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from collections.abc import Callable, Iterable, Mapping
from inspect import getattr_static, signature
from types import FunctionType
from typing import Any, TypeVar

import dagster as dg

T = TypeVar("T")
Check = Callable[[Any], T]
"""What a method returns → what it means; raises `WrongAnswerError`."""


class OwnerError(ValueError):
    """A method of an owner's class failed, or returned something wrong; names both."""


class OwnerExitError(Exception):
    """An owner's code would have ended the program."""


class WrongAnswerError(Exception):
    """What is wrong with a return value, worded to follow the method's name."""


def answer(cls: type, method: str, check: Check[T]) -> T:
    """What a class method returns, checked; raises `OwnerError` for whatever the method raises."""
    try:
        return check(of_class(cls, method)())
    except (OwnerError, KeyboardInterrupt):
        raise
    except WrongAnswerError as wrong:
        raise OwnerError(f"`{_name_of(cls, method)}()` {wrong}") from None
    except BaseException as error:
        raise OwnerError(f"`{_name_of(cls, method)}()` raised {in_words(error)}") from error


def of_class(cls: type, method: str, *arguments: object) -> Callable[..., Any]:
    """A class method; raises `OwnerError` if an override cannot be called as one."""
    override = getattr_static(cls, method)
    if isinstance(override, property) or (
        isinstance(override, FunctionType) and not _takes(override, arguments)
    ):
        help_ = "write `@classmethod` above its `def`"
        help_ += ", in place of `@property`" if isinstance(override, property) else ""
        raise OwnerError(f"`{_name_of(cls, method)}()` is not a class method: {help_}")
    found: Callable[..., Any] = getattr(cls, method)
    return found


def _takes(function: FunctionType, arguments: tuple[object, ...]) -> bool:
    try:
        signature(function).bind(*arguments)
    except TypeError:
        return False
    return True


def asked(ask: Callable[[], T]) -> T:
    """What an owner's code returns; raises an error if it would have ended the program."""
    try:
        return ask()
    except (Exception, KeyboardInterrupt):
        raise
    except BaseException as error:
        raise OwnerExitError(in_words(error)).with_traceback(error.__traceback__) from error


def in_words(error: BaseException) -> str:
    """An error's class, and the first line of its message."""
    if isinstance(error, OwnerExitError):
        return str(error)
    name, text = type(error).__name__, first_line(error)
    return name if text in ("", name) else f"{name}: {text}"


def first_line(error: BaseException) -> str:
    """The first line of an error's message, with the next if it only announces it."""
    lines = _text(str, error).strip().splitlines() or [""]
    return " ".join(map(str.strip, lines)) if lines[0].endswith(":") else lines[0]


def names(values: object) -> tuple[str, ...]:
    """A list of names; a string would be taken for its letters."""
    if isinstance(values, (str, bytes)) or not isinstance(values, Iterable):
        raise WrongAnswerError(f"must return a list of names, not {shown(values)}")
    return tuple(map(_name, values))


def keys(values: object) -> tuple[str, ...]:
    """A list of names and Dagster's asset keys."""
    if isinstance(values, (str, bytes, dg.AssetKey)) or not isinstance(values, Iterable):
        raise WrongAnswerError(f"must return a list of asset keys, not {shown(values)}")
    texts = (
        value.to_user_string() if isinstance(value, dg.AssetKey) else value for value in values
    )
    return tuple(map(_name, texts))


def _name(name: object) -> str:
    """A name that a manifest can contain: YAML strips whitespace at both ends."""
    if not isinstance(name, str) or not name or name != name.strip() or not _is_unicode(name):
        rule = "names are text, without spaces around them"
        raise WrongAnswerError(f"gives {shown(name)} as a name: {rule}")
    return name


def _is_unicode(text: str) -> bool:
    return not any("\ud800" <= letter <= "\udfff" for letter in text)


def objects(what: str, *classes: type) -> Check[Mapping[str, Any]]:
    """Named objects of these classes; messages call them `what`."""

    def check(values: object) -> Mapping[str, Any]:
        if not isinstance(values, Mapping):
            raise WrongAnswerError(
                f"must return a mapping of names to objects, not {shown(values)}"
            )
        for name, value in values.items():
            _name(name)
            if not isinstance(value, classes):
                call = "; write `()` after it" if callable(value) else ""
                reason = f"gives {shown(value)} for `{name}`, which is not {what}{call}"
                raise WrongAnswerError(reason)
        return values

    return check


def classes_of(cls: type[T]) -> Check[Mapping[str, type[T]]]:
    """Named subclasses of a class."""
    check_one = subclass_of(cls)

    def check(values: object) -> Mapping[str, type[T]]:
        if not isinstance(values, Mapping):
            raise WrongAnswerError(
                f"must return a mapping of names to classes, not {shown(values)}"
            )
        return {_name(name): check_one(value) for name, value in values.items()}

    return check


def subclass_of(cls: type[T]) -> Check[type[T]]:
    """A class, or a subclass of it."""

    def check(value: object) -> type[T]:
        if not isinstance(value, type) or not issubclass(value, cls):
            what = f"gives {shown(value)}, which is not a subclass of `{cls.__name__}`"
            raise WrongAnswerError(what)
        return value

    return check


def instance_of(cls: type[T]) -> Check[T]:
    """An object of a class."""

    def check(value: object) -> T:
        if not isinstance(value, cls):
            raise WrongAnswerError(f"must return a {cls.__name__}, not {shown(value)}")
        return value

    return check


def or_none(check: Check[T]) -> Check[T | None]:
    """The same, or None."""
    return lambda value: None if value is None else check(value)


def entries(name: str, value: object) -> list[Any]:
    """The entries of a property's list; a text would be taken for its letters."""
    if isinstance(value, (str, bytes)) or not isinstance(value, Iterable):
        raise TypeError(f"`{name}` is a list, not {shown(value)}")
    return list(value)


def one_or_none(name: str, value: T, cls: type) -> T:
    """A property's object of a class, if there is one."""
    if value is not None and not isinstance(value, cls):
        raise TypeError(f"`{name}` is a {cls.__name__}, not {shown(value)}")
    return value


def shown(value: object) -> str:
    """A value as Python writes it, in one line that is not too long."""
    text = " ".join(_text(repr, value).split())
    return text if len(text) <= 80 else f"{text[:80]} …"


def _text(write: Callable[[Any], str], value: object) -> str:
    try:
        return write(value)
    except KeyboardInterrupt:
        raise
    except BaseException:  # an owner's own `__repr__`
        return f"an object of {type(value).__name__}"


def _name_of(cls: type, method: str) -> str:
    """A method, with the class that defines it."""
    return f"{next((base for base in cls.__mro__ if method in vars(base)), cls).__name__}.{method}"

"""What to write instead of an unknown key at the top of a document or of an asset."""

from __future__ import annotations

import re
from typing import Any

from pipes_projects.compiler.parse.document import Document
from pipes_projects.compiler.validate.miswritten.right_forms import EXAMPLES, fits
from pipes_projects.compiler.validate.words.inner_keys import inside
from pipes_projects.compiler.validate.words.other_tools import (
    GROUP,
    NAME,
    PLACE_INSIDE,
    PLACE_OF,
    SENTENCES,
    plain,
)
from pipes_projects.compiler.validate.words.right_values import right_value
from pipes_projects.compiler.validate.words.unknown_key import (
    ANYWHERE,
    Told,
    UnknownKey,
    block_for,
    entries,
    own_kind,
    where_of,
)
from pipes_projects.manifest.contract import Contract
from pipes_projects.manifest.forms import Defaults, Form, MultiAssetManifest
from pipes_projects.manifest.model.problems import Problem
from pipes_projects.manifest.model.yaml_flow import flow
from pipes_projects.spelling import first_few, word_meant


def with_words(problem: Problem, document: Document, form: Form, contract: Contract) -> Problem:
    """An unknown key with help that names the right one; its correction is kept only if they
    agree."""
    if problem.code != "unknown-key" or not problem.known:
        return problem
    key = UnknownKey(document, form, contract, problem.path)
    told = _at_top(key) if not key.around or key.is_of_asset else inside(key)
    if told is None:
        return problem
    target, help_ = told
    known = problem.known if _is_slip(key, target, problem.known) else ()
    covers = ((*key.around, target),) if target else ()
    return problem._replace(help=help_, known=known, covers=covers)


def _is_slip(key: UnknownKey, target: str | None, known: tuple[str, ...]) -> bool:
    """Whether the right key with the same value is certainly what was meant: `owner: [team:a]`."""
    if target is None or word_meant(str(key.path[-1]), known) != target:
        return False
    is_word = key.word in PLACE_OF or any(key.word in words for words in PLACE_INSIDE.values())
    if not is_word:
        return True
    return target == f"{key.word}s" and fits(target, key.document.at(key.path))


def _at_top(key: UnknownKey) -> Told:
    word, place = key.word, PLACE_OF.get(key.word)
    option = word if _is_option(key, place) else place or _option_meant(key)
    if option == "command" and (script := _script_in(key.value)):
        return _renamed(key, "script", script)
    if option and (kind := block_for(key, option)):
        return None, _in_block(key, kind, option)
    if word in ANYWHERE:
        return _renamed(key, word)
    if word in ("schema", "source", "config") or place == "deps":
        place = _by_value(word, place, key.value)
    if place and place not in ("env", "args", "cwd", "command", "python"):
        return _settled(key, place)
    sentence = _other_kind(key, option) or _sentence(key)
    return (None, sentence) if sentence else None


def _is_option(key: UnknownKey, place: str | None) -> bool:
    """Whether a word is an option of a kind; what other tools mean by it counts more, unless it is
    one of the script's own kind."""
    if key.word == "environment" and key.value != "uv":
        return False
    kinds = _kinds_with(key, key.word)
    return bool(kinds) and (place is None or own_kind(key) in kinds)


def _option_meant(key: UnknownKey) -> str | None:
    """The option that a word is a typo of, unless it is a typo of a top-level key."""
    if key.is_of_asset or word_meant(str(key.path[-1]), ANYWHERE):
        return None
    return word_meant(key.word, tuple(key.contract.options))


def _script_in(value: Any) -> str | None:
    """The script that a command runs, as in `python load.py`."""
    *program, file = value.split() if isinstance(value, str) else ("",)
    is_script = file.rpartition(".")[2] in ("py", "sh", "R", "r", "js", "mjs", "rb", "pl", "jl")
    return file if is_script and len(program) < 2 and not file.startswith("/") else None


def _other_kind(key: UnknownKey, option: str | None) -> str | None:
    kinds = _kinds_with(key, option)
    if not kinds:
        return None
    here = f"the kind of this script is `{key.document.at(('kind',))}`"
    return f"it is an option of {' or '.join(f'`kind: {kind}`' for kind in kinds)}; {here}"


def _kinds_with(key: UnknownKey, option: str | None) -> list[str]:
    """The kinds that have an option."""
    return key.contract.options.get(option or "", [])


def _by_value(word: str, place: str | None, value: Any) -> str | None:
    """The place of a word with several meanings."""
    if word == "schema":
        return "columns" if isinstance(value, list | dict) else None
    if word == "source":
        return "deps" if isinstance(value, str) and "/" in value and "." not in value else None
    if not isinstance(value, dict):
        return place
    if word == "config":
        return None if _is_manifest(value) else "extras"
    is_given = any(isinstance(part, str | int | float) for part in value.values())
    return "extras" if is_given and word in ("inputs", "input", "ins") else place


def _is_manifest(value: dict[str, Any]) -> bool:
    """Whether a mapping says the kind of thing that a manifest says."""
    words = {plain(name) for name in value}
    return not words.isdisjoint(PLACE_OF.keys() | SENTENCES.keys() | ANYWHERE)


def _sentence(key: UnknownKey) -> str | None:
    word, value = key.word, key.value
    if word == "asset" and not isinstance(value, str):
        return None
    if word == "config" and isinstance(value, dict):
        word = "attributes"
    sentence = SENTENCES.get(word)
    if sentence in (NAME, GROUP):
        return _by_place(key, sentence)
    if not sentence or "VALUE" not in sentence:
        return sentence
    is_count = isinstance(value, str) and value.isdigit()
    if "attempts" in word:
        value = int(value) - 1 if is_count and int(value) > 1 else 2
    return sentence.replace("VALUE", flow(value))


def _by_place(key: UnknownKey, sentence: str) -> str:
    """What the manifest's place in the project already says, or would say if it were moved."""
    value, (folder, _, file) = key.value, key.document.source.path.rpartition("/")
    if key.is_of_asset and sentence == NAME:
        return "the name of an asset is its key in `assets`"
    if key.form is MultiAssetManifest and sentence == NAME:
        return "the assets of this manifest are named under `assets`"
    if value in (file.rpartition(".")[0], *folder.split("/")):
        return f"{sentence}: remove the line"
    if not isinstance(value, str) or not re.fullmatch(r"[\w.-]+", value) or key.form is Defaults:
        return sentence
    if sentence == NAME:
        return f"{sentence}: for `{value}`, rename this file and its script"
    return f"{sentence}: for `{value}`, move this file and its script into a folder of that name"


def _settled(key: UnknownKey, place: str) -> Told:
    """What to say about a word whose place is a key, or a key in a mapping."""
    target, _, inner = place.partition(".")
    if inner:
        return None, _within(key, target)
    if target == "kind":
        return _kind(key)
    return _renamed(key, target)


def _renamed(key: UnknownKey, target: str, written: Any = None) -> Told:
    where, own = where_of(key, target), None
    value = right_value(target, key.word, written or key.value, key.contract)
    if not where:
        own, earlier = target, key.beside(target)
        if isinstance(earlier, list) and isinstance(value, list):
            value = [*earlier, *(item for item in value if item not in earlier)]
        elif earlier is not None:
            return target, f"`{target}` is written here too: keep one of them"
    if value in (None, [], {}):
        return own, f"the key for this is `{target}`{_example(key, target)}{where}"
    return own, f"write `{target}: {flow(value)}`{where}"


def _example(key: UnknownKey, target: str) -> str:
    names = {"partitions_def": key.contract.partitions_defs}.get(target)
    example = f"{target}: {min(names)}" if names else EXAMPLES.get(target)
    return f", as in `{example}`{_NOTES.get(target, '')}" if example else ""


_NOTES = {
    "pool": "; how many of a pool's steps run at once is set in Dagster",
    "partitions_def": ": a name that the platform owner publishes",
}


def _kind(key: UnknownKey) -> Told:
    if isinstance(key.value, str) and key.value in key.contract.kinds and not key.beside("kind"):
        return "kind", f"write `kind: {key.value}`{where_of(key, 'kind')}"
    kinds = first_few(key.contract.kinds)
    return None, f"what runs a script is its `kind`, one of {kinds}; badges in the UI are `kinds`"


def _within(key: UnknownKey, target: str) -> str:
    """All words on this level that belong in one mapping, shown together in it."""
    whole = key.beside(target)
    whole = dict(whole) if isinstance(whole, dict) else {}
    if target == "schedule" and isinstance(key.beside(target), str):
        whole = {"cron_schedule": key.beside(target)}
    for name in key.document.keys(key.around):
        place, value = PLACE_OF.get(plain(name), ""), key.beside(name)
        if place.startswith(f"{target}."):
            whole |= entries(target, place.partition(".")[2], value)
    where = where_of(key, target)
    if not whole or any(isinstance(part, dict | list) for part in whole.values()):
        return f"the key for this is `{target}`, as in `{EXAMPLES[target]}`{where}"
    return f"write `{target}: {flow(whole)}`{where}"


def _in_block(key: UnknownKey, block: str, option: str) -> str:
    value = right_value(option, str(key.path[-1]), key.value, key.contract)
    existing = key.document.as_written((block,)) if key.document.at((block,)) else {}
    where = where_of(key, block)
    if value in (None, [], {}):
        return f"it is an option: write it inside `{block}:`{where}"
    whole = {**(existing if isinstance(existing, dict) else {}), option: value}
    return f"it is an option: write `{block}: {flow(whole)}`{where}"

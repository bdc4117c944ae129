"""What `check` accepts in one document, the published schema accepts, and the reverse."""

import json
import math
import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend
from pydantic import AfterValidator, Field

from pipes_projects.compiler.parse.document import parse
from pipes_projects.compiler.validate.key_rules import script_check_problems
from pipes_projects.compiler.validate.validation import validate
from pipes_projects.diagnostics import Diagnostic
from pipes_projects.kinds import built_in_contract
from pipes_projects.manifest.asset import AssetFields
from pipes_projects.manifest.contract import (
    AUTOMATION_CONDITIONS,
    PARTITION_MAPPINGS,
    Contract,
    Kind,
    Partitions,
)
from pipes_projects.manifest.cron.fields import Fault, expand
from pipes_projects.manifest.forms import MultiAssetManifest, SingleAssetManifest
from pipes_projects.manifest.model import Model, Text
from pipes_projects.manifest.model.json_schema import ends_as_written
from pipes_projects.manifest.model.shapes import ModelShape
from pipes_projects.manifest.script import TOLD, ScriptFields
from pipes_projects.manifest.values.metadata import NOT_HERE, TYPES
from pipes_projects.schema.contract.reading import read_contract
from pipes_projects.schema.documents import (
    defaults_schema,
    manifest_schema,
    multi_asset_schema,
    render,
    single_asset_schema,
)
from pipes_projects.source import SourceFile

PAGE = Path(__file__).parents[2] / "docs/schema.md"


# A platform owner's contract: a second kind with required options, and fields of all sorts.


class Level(Enum):
    LOW = "low"
    HIGH = "high"


class Limits(Model):
    """What a container may use."""

    cpu: int
    """How many."""

    memory: Text = "1g"
    """How much."""

    labels: dict[str, str] | None = None
    """Words."""


class Volume(Model):
    """A folder in the container."""

    path: str
    """Where it is."""

    mode: Literal["ro", "rw"] = "rw"
    """Whether it can be written."""


def _even(number: int) -> int:
    if number % 2:
        raise ValueError("it must be even")
    return number


class DockerOptions(Model):
    """How to start a container."""

    image: str
    """What to run."""

    tag: Annotated[str, Field(min_length=2, max_length=5, pattern="^[a-z]+$")] | None = None
    """The version of `image`."""

    ports: Annotated[list[int], Field(max_length=2)] | None = None
    """Open ports."""

    env: dict[str, Text | None] | None = None
    """Environment variables."""

    level: Level = Level.LOW
    """How important it is."""

    limits: Limits | None = None
    """What it may use."""

    volumes: list[Volume] | None = None
    """Folders."""

    timeout: Annotated[float, Field(gt=0, le=60)] | None = None
    """Seconds."""

    size: int | str | None = None
    """By number or by name."""

    either: Volume | bool = False
    """A mapping or not."""

    anything: Any = None
    """Whatever there is."""

    pairs: Annotated[int, AfterValidator(_even)] = 0
    """An even number."""


class TeamScriptFields(ScriptFields):
    """What the team says about scripts."""

    cost_center: Text
    """Who pays: `0070`."""

    urgent: bool = False
    """Whether somebody waits."""


class TeamAssetFields(AssetFields):
    """What the team says about assets."""

    grade: Literal["gold", "silver"]
    """How good it is."""

    seats: Annotated[int, Field(ge=1)] = 1
    """How many read it."""

    readers: list[str] | None = None
    """Who reads it."""

    place: Volume | None = None
    """Where it lies."""


def _owners_contract() -> Contract:
    script, asset = (
        ModelShape(TeamScriptFields, beside=ScriptFields),
        ModelShape(TeamAssetFields, beside=AssetFields),
    )
    docker = Kind("docker", "Runs a container.", ModelShape(DockerOptions), script, asset)
    docker = docker.with_parts({"forbidden": {"code_version": "names its image", "pool": "queues"}})
    built_in = built_in_contract().kinds
    team = built_in["subprocess"].with_parts({"asset_fields": asset})
    return Contract(
        {**built_in, "subprocess": team, "docker": docker},
        published=True,
        partitions_defs={
            "daily": Partitions("time_window", "Every day."),
            "regions": Partitions("static", "Keys such as `eu`."),
        },
        partition_mappings={**PARTITION_MAPPINGS, "day_before": ""},
        automation_conditions={**AUTOMATION_CONDITIONS, "nightly": "At two."},
        pools=frozenset({"duckdb"}),
    )


def _read_back(contract: Contract, folder: Path) -> Contract:
    path = folder / "manifest.schema.json"
    path.write_text(render(manifest_schema(contract)), "utf-8")
    return read_contract(path)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Contract:
    """The owner's contract, as `check` reads it."""
    return _read_back(OWNERS, tmp_path_factory.mktemp("contract"))


BUILT_IN, OWNERS = built_in_contract(), _owners_contract()


# Documents: data in which a `Plain` is a scalar without quotes, written as it stands.


@dataclass(frozen=True)
class Plain:
    """A number, a boolean or null, in the words of its author."""

    text: str


def yaml(data: Any) -> str:
    """The data in flow style, which is JSON but for plain scalars."""
    if isinstance(data, Plain):
        return data.text
    if isinstance(data, dict):
        return f"{{{', '.join(f'{yaml(key)}: {yaml(value)}' for key, value in data.items())}}}"
    if isinstance(data, list):
        return f"[{', '.join(map(yaml, data))}]"
    return json.dumps(data, ensure_ascii=False)


NULL = Plain("null")
NUMBERS = [
    *("0", "1", "2", "-1", "+1", "007", "10", "11", "60", "61", "1000", "1001", "1000000001"),
    *("1.10", "1.0", "1e3", "0.5", "-0.0", ".5", "0x1F", "0o17", ".inf", "-.inf", ".nan"),
    *("9" * 30, "1e999", "1." + "0" * 70),
]
PLAIN = st.sampled_from([*NUMBERS, "true", "FALSE", "null", "~", "no", "on", "12:30"]).map(Plain)
WORDS = [
    *("", "x", "a b", "team:sales", "team:", "a@b.co", "a@b", "raw/orders", "orders", "/a", "a//b"),
    *("x" * 63, "x" * 64, f"{'x' * 63}/{'y' * 63}", "a\n", "kind", "é", "LINEAR", "ro", "gold"),
    *(
        "python -m x",
        "'open",
        " ",
        "\t",
        "\u00a0",
        "''",
        "../x.py",
        "a\\b",
        "low",
        "ab",
        "1",
        "a:b",
    ),
]
TEXT = st.sampled_from(WORDS)
SCALAR = PLAIN | TEXT
JUNK = st.recursive(
    SCALAR,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXT, inner, max_size=2),
    max_leaves=3,
)


def mostly(good: st.SearchStrategy[Any], odd: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.integers(0, 5).flatmap(lambda number: odd if number == 0 else good)


def plain(*good: str) -> st.SearchStrategy[Any]:
    return mostly(st.sampled_from(good).map(Plain), PLAIN)


def lists(*words: str) -> st.SearchStrategy[Any]:
    return st.lists(mostly(st.sampled_from(words), SCALAR), max_size=3, unique_by=repr)


def mappings(
    keys: st.SearchStrategy[str], values: st.SearchStrategy[Any]
) -> st.SearchStrategy[Any]:
    return st.dictionaries(keys, values, max_size=3)


def some_of(fields: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[Any]:
    """A few of the fields, as a rule with values that may be right."""
    good = st.lists(st.sampled_from(sorted(fields)), unique=True, max_size=4).flatmap(
        lambda names: st.fixed_dictionaries(
            {name: mostly(fields[name], st.just(NULL)) for name in names}
        )
    )
    odd = st.dictionaries(st.sampled_from([*sorted(fields), "imagee", "x"]), JUNK, max_size=1)
    return mostly(good, st.tuples(good, odd).map(lambda pair: {**pair[0], **pair[1]}))


TAG_NAMES = mostly(
    st.sampled_from(["a", "tier", "a.b/c", "x" * 63]),
    st.sampled_from(["kind", "x" * 64, "a b", "/", "", "a\n"]),
)
TAGS = mappings(TAG_NAMES, mostly(st.sampled_from(["", "gold", "x" * 63, Plain("1.10")]), SCALAR))
VOLUME = some_of({"path": TEXT, "mode": st.sampled_from(["ro", "rw", "w"])})
UPSTREAM = some_of(
    {
        "asset": st.sampled_from(["raw/orders", "a", "a/"]),
        "partition_mapping": st.sampled_from(["all", "last", "day_before", "alll", ""]),
        "metadata": plain("true", "FALSE"),
    }
)
CRON = mostly(
    st.sampled_from(["0 5 * * *", "@daily", "*/5 9-17 * * mon-fri"]),
    st.sampled_from(["", "5", "0 5 * *", "@reboot", "0 25 * * *", "0 5 * * * *", "0 0 1 1 x"]),
)
ZONE = st.sampled_from(["UTC", "Europe/Berlin", "Berlin", "", "Europe Berlin", "a\n"])
DURATION = mostly(
    st.sampled_from(["24h", "1d 12h", "PT36H", "1.5h", "90s", "P2W"]),
    st.sampled_from(["", "24", "1h1d", "P1M", "PT", "1d ", "h", "24H", "99999h"]) | PLAIN,
)
CHECK: dict[str, st.SearchStrategy[Any]] = {
    "description": TEXT,
    "blocking": plain("true", "FALSE"),
    "metadata": st.dictionaries(st.sampled_from(("a", *TYPES, *NOT_HERE)), JUNK, max_size=2),
}
COLUMN = some_of({"name": SCALAR, "type": SCALAR, "description": TEXT, "tags": TAGS})

ASSET: dict[str, st.SearchStrategy[Any]] = {
    "key": st.sampled_from(["raw/orders", "a", "a/", "", "a\n"]),
    "deps": st.lists(
        mostly(st.sampled_from(["raw/orders", "raw/customers", "a"]), SCALAR) | UPSTREAM,
        max_size=3,
        unique_by=repr,
    ),
    "description": TEXT,
    "owners": lists("team:sales", "a@b.co"),
    "tags": TAGS,
    "kinds": lists("python", "duckdb") | st.integers(9, 11).map(lambda n: ["x"] * n),
    "metadata": st.dictionaries(st.sampled_from(("a", *TYPES, *NOT_HERE)), JUNK, max_size=2),
    "columns": st.lists(COLUMN, max_size=2),
    "code_version": SCALAR,
    "automation_condition": st.sampled_from(["eager", "on_missing", "nightly", "", "eager\n"]),
    "freshness_policy": some_of(
        {
            "time_window": some_of({"fail_window": DURATION, "warn_window": DURATION}),
            "cron": some_of(
                {"deadline_cron": CRON, "lower_bound_delta": DURATION, "timezone": ZONE}
            ),
        }
    ),
    "checks": mappings(
        mostly(st.sampled_from(["has_rows", "a-b.c"]), st.sampled_from(["a b", "", "a\n"])),
        some_of(CHECK | {"asset": st.sampled_from(["daily", "weekly", "kind"])}) | some_of(CHECK),
    ),
}
SCRIPT: dict[str, st.SearchStrategy[Any]] = {
    "script": mostly(
        st.sampled_from(["x.py", "../x.py"]), st.sampled_from(["/x.py", "", "a\\b", "c:x"])
    ),
    "extras": st.dictionaries(st.sampled_from(["a", *TOLD]), JUNK, max_size=2),
    "op_tags": mappings(TEXT, SCALAR),
    "retry_policy": some_of(
        {
            "max_retries": plain("1", "2", "1000", "0x1F"),
            "delay": plain("0", "0.5", "1000", "-0.0") | DURATION,
            "backoff": st.sampled_from(["LINEAR", "EXPONENTIAL", "linear"]),
            "jitter": st.sampled_from(["FULL", "PLUS_MINUS", ""]),
        }
    ),
    "code_paths": lists("sql/", "../x/*.sql", "**", "/x", "", "a\\b", "c:x") | plain("sql"),
    "timeout": plain("0", "0.0", "1", "-1", "1000000001")
    | DURATION
    | st.sampled_from(["0s", "PT0S"]),
    "grace": plain("0", "0.5") | DURATION,
    "inherit_env": st.sampled_from(["all", "none", "ALL", "", "PATH"])
    | lists("PATH", "a b", "A=1"),
    "secrets": st.lists(
        st.sampled_from(["KEY", "OTHER", "KEY=x", "1", "", "a b", "KEY\n"])
        | mappings(
            st.sampled_from(["KEY", "THIRD", "a-b"]), st.sampled_from(["x", "a/b", ""]) | SCALAR
        ),
        max_size=3,
    ),
    "pool": st.sampled_from(["duckdb", "a b", "", "a\n"]),
    "partitions_def": st.sampled_from(["daily", "regions", "dayly", ""]) | SCALAR,
    "backfill_policy": some_of(
        {
            "type": st.sampled_from(["single_run", "multi_run", "single"]),
            "max_partitions_per_run": plain("1", "5"),
        }
    ),
    "schedule": CRON | some_of({"cron_schedule": CRON, "execution_timezone": ZONE}),
    "can_subset": plain("true", "FALSE"),
    "subprocess": some_of(
        {
            "command": st.sampled_from(["python -m x", "", " ", "\t", "\u00a0", "''", "'open"])
            | lists("python", "-m"),
            "args": lists("x"),
            "env": mappings(TEXT, SCALAR),
            "cwd": TEXT,
            "python": plain("3.12", "3", "3.100", "2.7", "true")
            | st.sampled_from(["3.11", "3.11.4", "py", "/x", ".venv/bin/python", "C:\\x", "3\n"]),
            "environment": st.sampled_from(["uv", "conda"]),
        }
    ),
}
TEAM_ASSET: dict[str, st.SearchStrategy[Any]] = {
    "grade": st.sampled_from(["gold", "silver", "bronze"]),
    "seats": plain("1", "2"),
    "readers": lists("x"),
    "place": VOLUME,
}
DOCKER: dict[str, st.SearchStrategy[Any]] = {
    "image": TEXT,
    "tag": st.sampled_from(["a", "ab", "abcde", "abcdef", "ab\n", "a1"]),
    "ports": st.lists(plain("1", "2"), max_size=3),
    "env": mappings(TEXT, SCALAR),
    "level": st.sampled_from(["low", "high", "LOW"]),
    "limits": some_of({"cpu": plain("1", "2"), "memory": SCALAR, "labels": mappings(TEXT, SCALAR)}),
    "volumes": st.lists(VOLUME, max_size=2),
    "timeout": plain("1", "0.5", "60"),
    "size": SCALAR,
    "anything": JUNK,
    "pairs": PLAIN,
    "either": st.sampled_from([{}, {"path": "x"}, {"path": Plain("1")}, {"x": "y"}]) | PLAIN,
}
TEAM_SCRIPT: dict[str, st.SearchStrategy[Any]] = {
    "cost_center": SCALAR,
    "urgent": plain("true"),
    "docker": some_of(DOCKER),
}
TYPOS = ["asets", "kindd", "descripton", "grad", "x", "Kind", "title", "default", ""]


@st.composite
def documents(draw: st.DrawFn, team: bool = False) -> Any:
    """Single and multi-asset manifests: some right, most nearly."""
    asset = {**ASSET, **TEAM_ASSET} if team else ASSET
    script = {**SCRIPT, **TEAM_SCRIPT} if team else SCRIPT
    values = {**asset, **script}
    names = st.lists(st.sampled_from(sorted(values)), unique=True, max_size=3)
    data = {name: draw(values[name]) for name in draw(names)}
    if draw(st.booleans()):
        data["kind"] = draw(st.sampled_from([*BUILT_IN.kinds, *(["docker"] if team else [])]))
    if draw(st.booleans()):
        data["assets"] = draw(mappings(ASSET_NAMES, some_of(asset)))
    if draw(st.integers(0, 3)) == 0:
        data[draw(st.sampled_from([*sorted(values), *TYPOS, "kind", "assets"]))] = draw(JUNK)
    return data


ASSET_NAMES = mostly(
    st.sampled_from(["daily", "weekly", "a.b-c_1", "kind"]),
    st.sampled_from(["a b", "é", "", "a\n"]),
)


# Where they may differ: each exception has a name that stands in docs/schema.md.


def values_in(data: Any) -> Iterator[Any]:
    yield data
    for value in (
        [*data.values()] if isinstance(data, dict) else data if isinstance(data, list) else ()
    ):
        yield from values_in(value)


def plain_in(data: Any) -> Iterator[str]:
    return (value.text for value in values_in(data) if isinstance(value, Plain))


def _is_whole(text: str) -> bool:
    number = re.fullmatch(r"[-+]?(\d+\.\d*|\.\d+|\d+)(e\d+)?", text)
    return bool(number and not text.lstrip("+-").isdigit() and math.isfinite(float(text)))


def _cannot_be_split(data: Any) -> bool:
    try:
        return isinstance(data, str) and not shlex.split(data)
    except ValueError:
        return True


def _commands(data: Any) -> Iterator[Any]:
    block = data.get("subprocess") if isinstance(data, dict) else None
    yield block.get("command") if isinstance(block, dict) else None


def _pairs(data: Any) -> Any:
    block = data.get("docker") if isinstance(data, dict) else None
    return block.get("pairs") if isinstance(block, dict) else None


def _crons(data: Any) -> Iterator[Any]:
    """Cron expressions, wherever they may stand."""
    for value in values_in(data):
        if isinstance(value, dict):
            yield from (value[name] for name in _CRONS if isinstance(value.get(name), str))


_CRONS = ("schedule", "cron_schedule", "deadline_cron")
_ZONES = ("execution_timezone", "timezone")


def _is_no_cron(text: str) -> bool:
    return isinstance(expand(text), Fault)


def _zones(data: Any) -> Iterator[str]:
    for value in values_in(data):
        if isinstance(value, dict):
            yield from (value[name] for name in _ZONES if isinstance(value.get(name), str))


def _is_no_zone(text: str) -> bool:
    """Whether it looks like the name of a time zone, which is all that a schema knows."""
    return bool(re.fullmatch(r"[\w+/-]+", text)) and text not in available_timezones() | {"utc"}


def _upstreams(data: Any) -> Iterator[list[Any]]:
    for value in values_in(data):
        deps = value.get("deps") if isinstance(value, dict) else None
        if isinstance(deps, list):
            yield [dep.get("asset") if isinstance(dep, dict) else dep for dep in deps]


def _is_twice(deps: list[Any]) -> bool:
    named = [dep for dep in deps if isinstance(dep, str)]
    return len(set(named)) < len(named)


def _is_named_twice(data: Any) -> bool:
    """Whether secrets have the same name, in different entries."""
    secrets = data.get("secrets") if isinstance(data, dict) else None
    entries = secrets if isinstance(secrets, list) else []
    names = [name for entry in entries for name in (entry if isinstance(entry, dict) else [entry])]
    texts = [name for name in names if isinstance(name, str)]
    return len(set(texts)) < len(texts)


def _is_about_nothing(data: Any) -> bool:
    """Whether a check at the top is about no asset, or about one that has such a check."""
    assets, checks = data.get("assets"), data.get("checks")
    if not isinstance(assets, dict) or not isinstance(checks, dict):
        return False
    return any(script_check_problems({"assets": assets, "checks": checks}))


EXCEPTIONS: dict[str, tuple[Callable[[Any], bool], Any]] = {
    "whole numbers with a point": (
        lambda data: any(_is_whole(text) for text in plain_in(data)),
        {"retry_policy": {"max_retries": Plain("3.0")}},
    ),
    "tags that are numbers": (
        lambda data: any("+" in text or len(text) > 63 for text in plain_in(data)),
        {"tags": {"version": Plain("+1")}},
    ),
    "not a number": (
        lambda data: ".nan" in plain_in(data),
        {"retry_policy": {"delay": Plain(".nan")}},
    ),
    "words of a command": (
        lambda data: any(map(_cannot_be_split, _commands(data))),
        {"subprocess": {"command": "python 'x"}},
    ),
    "cron expressions": (
        lambda data: any(map(_is_no_cron, _crons(data))),
        {"schedule": "0 25 * * *"},
    ),
    "names of time zones": (
        lambda data: any(map(_is_no_zone, _zones(data))),
        {"schedule": {"execution_timezone": "Berlin"}},
    ),
    "a dependency in both forms": (
        lambda data: any(map(_is_twice, _upstreams(data))),
        {"deps": ["raw/orders", {"asset": "raw/orders"}]},
    ),
    "a secret in both forms": (
        _is_named_twice,
        {"secrets": ["API_KEY", {"API_KEY": "PROD_API_KEY"}]},
    ),
    "what a check is about": (
        _is_about_nothing,
        {"assets": {"daily": {}}, "checks": {"has_rows": {"asset": "monthly"}}},
    ),
    "rules in Python": (
        lambda data: isinstance(_pairs(data), Plain),
        {"docker": {"pairs": Plain("3")}},
    ),
}


def is_exception(data: Any, *but: str) -> bool:
    return any(differs(data) for name, (differs, _) in EXCEPTIONS.items() if name not in but)


# The two judges.


def found_in(source: SourceFile, contract: Contract) -> list[Diagnostic]:
    """What `check` finds in a document alone."""
    document, found = parse(source)
    return [*found, *(validate(document, contract).diagnostics if document else ())]


def findings(
    data: Any, contract: Contract, path: str = "defs/group/asset.yaml"
) -> list[Diagnostic]:
    """The same, of data whose text has nothing wrong."""
    source = SourceFile(path, yaml(data))
    document, found = parse(source)
    assert document
    assert found == (), source.text
    return found_in(source, contract)


def _pattern(_: Any, pattern: str, value: Any, __: Any) -> Iterator[ValidationError]:
    """As in JavaScript, where `$` is the end alone."""
    compiled = ends_as_written(pattern)
    if isinstance(value, str) and compiled and not compiled.search(value):
        yield ValidationError(pattern)


Judge = extend(Draft202012Validator, {"pattern": _pattern})


def errors(data: Any, judge: Any) -> list[str]:
    """What an editor shows."""
    document = parse(SourceFile("defs/group/asset.yaml", yaml(data))).document
    assert document
    return [finding.message for finding in judge.iter_errors(document.data)]


MANIFEST = {id(owner): Judge(manifest_schema(owner)) for owner in (BUILT_IN, OWNERS)}
SINGLE = {id(owner): Judge(single_asset_schema(owner)) for owner in (BUILT_IN, OWNERS)}
MULTI = {id(owner): Judge(multi_asset_schema(owner)) for owner in (BUILT_IN, OWNERS)}
DEFAULTS = {id(owner): Judge(defaults_schema(owner)) for owner in (BUILT_IN, OWNERS)}


def assert_agreement(data: Any, contract: Contract) -> None:
    found = findings(data, contract)
    for judges, fits in (
        (MANIFEST, True),
        (SINGLE, "assets" not in data),
        (MULTI, "assets" in data),
    ):
        shown = errors(data, judges[id(contract)])
        assert (found == [] and fits) == (shown == []), (yaml(data), found, shown)


@given(documents())
@settings(max_examples=400, deadline=None)
@example({})
@example({"subprocess": {"command": "\u00a0"}})
def test_the_schema_accepts_what_check_accepts(data: Any) -> None:
    assume(not is_exception(data))
    assert_agreement(data, BUILT_IN)


@given(documents(team=True))
@settings(max_examples=500, deadline=None)
@example({"docker": {"limits": {"memory": NULL}}})
def test_an_owners_schema_accepts_what_check_accepts(data: Any) -> None:
    assume(not is_exception(data))
    assert_agreement(data, OWNERS)


@given(documents(team=True), st.sampled_from([BUILT_IN, OWNERS]))
@settings(max_examples=500, deadline=None)
@example({"kind": "external", "docker": {}, "subprocess": {}, "pool": "duckdb"}, OWNERS)
@example({"schedule": {"execution_timezone": "UTC"}}, BUILT_IN)
def test_the_schema_of_defaults_accepts_what_check_accepts(data: Any, contract: Contract) -> None:
    data = {key: value for key, value in data.items() if key not in ("assets", "deps", "checks")}
    assume(not is_exception(data))
    found = findings(data, contract, "defs/group/_defaults.yaml")
    shown = errors(data, DEFAULTS[id(contract)])
    assert (found == []) == (shown == []), (yaml(data), found, shown)


@given(data=documents(team=True))
@settings(max_examples=500, deadline=None)
@example(data={"docker": {"ports": [Plain("3.0")]}})
@example(data={"docker": {"tag": "ab\n"}})
def test_check_and_make_defs_accept_the_same(published: Contract, data: Any) -> None:
    assume(not is_exception(data, "whole numbers with a point", "words of a command"))
    live, read = findings(data, OWNERS), findings(data, published)
    assert bool(live) == bool(read), (yaml(data), live, read)


@pytest.mark.parametrize("name", EXCEPTIONS)
def test_what_differs_is_documented_and_does_differ(name: str, published: Contract) -> None:
    differs, data = EXCEPTIONS[name]
    assert differs(data)
    assert errors(data, MANIFEST[id(OWNERS)]) == []
    assert findings(data, OWNERS)
    assert bool(findings(data, published)) == (name != "rules in Python")
    assert f"\n| {name} |" in PAGE.read_text("utf-8")


def test_every_difference_that_is_documented_is_one() -> None:
    table = PAGE.read_text("utf-8").partition("## Where the schema and `check` differ")[2]
    rows = re.findall(r"^\| ([^|]+) \|", table, re.MULTILINE)
    assert rows[1:] == list(EXCEPTIONS)


@pytest.mark.parametrize(
    "text", ["", "# nothing\n", "null", "~", "[]", "x", "1", "[{kind: external}]"]
)
def test_only_mappings_and_nothing_are_manifests(text: str) -> None:
    document, found = parse(SourceFile("defs/group/asset.yaml", text))
    assert document
    found += validate(document, BUILT_IN).diagnostics
    shown = list(MANIFEST[id(BUILT_IN)].iter_errors(document.data))
    assert (found == ()) == (shown == []) == (text in ("", "# nothing\n", "null", "~"))


# The schemas themselves.

SCHEMAS = [
    pytest.param(make(contract), id=f"{make.__name__}-{name}")
    for make in (manifest_schema, single_asset_schema, multi_asset_schema, defaults_schema)
    for name, contract in (("built_in", BUILT_IN), ("owners", OWNERS))
]


def subschemas(schema: Any) -> Iterator[dict[str, Any]]:
    """Every schema in a schema, itself first."""
    if not isinstance(schema, dict):
        return
    yield schema
    for part in ("properties", "patternProperties", "$defs"):
        for inner in schema.get(part, {}).values():
            yield from subschemas(inner)
    for part in ("items", "additionalProperties", "propertyNames", "if", "then", "else", "not"):
        yield from subschemas(schema.get(part))
    for part in ("allOf", "anyOf", "oneOf"):
        for inner in schema.get(part, ()):
            yield from subschemas(inner)


def fields_in(schema: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """What is said of each field, wherever it stands."""
    found: dict[str, list[dict[str, Any]]] = {}
    for part in subschemas(schema):
        for name, field in part.get("properties", {}).items():
            found.setdefault(name, []).append(field)
    return found


@pytest.mark.parametrize("schema", SCHEMAS)
def test_a_schema_is_one_by_its_metaschema(schema: dict[str, Any]) -> None:
    Draft202012Validator.check_schema(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


@pytest.mark.parametrize("schema", SCHEMAS)
def test_a_schema_has_nothing_that_misleads_editors(schema: dict[str, Any]) -> None:
    for part in list(subschemas(schema))[1:]:
        assert not {"default", "title", "$ref", "$defs", "const", "oneOf"} & part.keys(), part
        branches = [branch for branch in part.get("anyOf", ()) if branch != {"type": "null"}]
        assert "anyOf" not in part or len(branches) > 1, part
        assert not branches or any(branch.keys() != {"type"} for branch in branches), part


@pytest.mark.parametrize("schema", SCHEMAS)
def test_every_field_is_explained(schema: dict[str, Any]) -> None:
    for name, parts in fields_in(schema).items():
        rules = [rule for rule in parts if isinstance(rule, dict)]
        refused = name in ("kind", *TOLD) or name.startswith("dagster/")  # wherever it stands
        assert rules or refused, name
        for field in (rule for rule in rules if "doNotSuggest" not in rule):
            assert field["description"].strip(), name
            assert ("`" in field["description"]) == ("markdownDescription" in field), name


def all_keys(contract: Contract) -> frozenset[str]:
    fields = SingleAssetManifest.model_fields.keys() | MultiAssetManifest.model_fields.keys()
    return contract.blocks | contract.added_fields | fields


@pytest.mark.parametrize("contract", [BUILT_IN, OWNERS], ids=["built_in", "owners"])
def test_the_keys_of_both_forms_are_listed_once_at_the_top(contract: Contract) -> None:
    listed = {make: frozenset(make(contract)["properties"]) for make in FORMS}
    assert listed[manifest_schema] == all_keys(contract)
    assert listed[single_asset_schema] == all_keys(contract) - {"assets"}
    own = AssetFields.model_fields.keys() - MultiAssetManifest.model_fields.keys()
    assert listed[multi_asset_schema] == all_keys(contract) - own


FORMS = (manifest_schema, single_asset_schema, multi_asset_schema)


def test_a_contract_that_is_read_makes_the_schema_that_it_was_read_from(
    published: Contract,
) -> None:
    assert manifest_schema(published) == manifest_schema(OWNERS)


def test_the_documents_of_these_tests_are_right_and_wrong() -> None:
    right = {True: 0, False: 0}

    @given(documents(team=True))
    @settings(max_examples=300, deadline=None, database=None, derandomize=True)
    def count(data: Any) -> None:
        right[not findings(data, OWNERS)] += 1

    count()
    assert min(right.values()) > 20, right

"""Fixing names: typos are put right, and nothing is taken for another thing."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipes_projects.analysis.fixing import FixOutcome, apply_fixes
from pipes_projects.compiler import compile_sources
from pipes_projects.disk.files import TextFiles
from pipes_projects.kinds import built_in_contract
from pipes_projects.manifest.contract import Partitions
from pipes_projects.source import SourceFile, Sources, read_sources
from pipes_projects.spelling import nearest_two, obvious
from tests.support.dagster.running import ROOT
from tests.support.slips import KEYS, slips

PARTITIONS = tuple(sorted({name for key in KEYS for name in re.findall(r"[a-z]{4,}", key)}))
CONTRACT = replace(
    built_in_contract(),
    partitions_defs={name: Partitions("static", "") for name in PARTITIONS},
)
FLIGHTS = read_sources(ROOT / "examples/flights")


def project(texts: Mapping[str, str], *scripts: str) -> Sources:
    """Manifests by their paths below `defs/`, without their endings."""
    manifests = (SourceFile(f"defs/{name}.yaml", text) for name, text in sorted(texts.items()))
    files = {*(f"defs/{name}.py" for name in texts), *(f"defs/{script}" for script in scripts)}
    return Sources(TextFiles(frozenset(files)), tuple(manifests))


def fixed(sources: Sources) -> FixOutcome:
    return apply_fixes(sources, CONTRACT, lambda compilation: compilation)


def company(without: str, *new: str) -> Sources:
    """The company without an asset, on which, as on all others, a report depends."""
    texts = dict.fromkeys((*(known_key for known_key in KEYS if known_key != without), *new), "")
    users = {f"reports/about_{n}": f"deps: [{key}]\n" for n, key in enumerate(KEYS)}
    return project(texts | users)


def flights(without: str, *new: str) -> Sources:
    """The example without an asset; others depend on it."""
    asset = next(found for found in assets(FLIGHTS) if found.key == without)
    manifests = []
    for source in FLIGHTS.manifests:
        text = source.text
        if source.path == asset.location.path:
            text = re.sub(rf"^  {asset.name}:\n(?:    .*\n|\n)+", "", text, flags=re.MULTILINE)
            if text == source.text:
                continue
        manifests.append(SourceFile(source.path, text))
    manifests += [SourceFile(f"defs/{key}.yaml", "kind: external\n") for key in new]
    return FLIGHTS._replace(manifests=tuple(manifests))


def assets(sources: Sources) -> Iterator:
    return compile_sources(sources, CONTRACT).project.assets()


NAMES: list[tuple[Callable[..., Sources], str]] = [
    *((company, key) for key in KEYS),
    *((flights, asset.key) for asset in assets(FLIGHTS)),
]


def test_the_projects_are_what_they_are_said_to_be() -> None:
    assert (len(KEYS), len(NAMES)) == (43, 60)
    assert {finding.code for finding in compile_sources(company(""), CONTRACT).diagnostics} == set()
    assert all(key not in {asset.key for asset in assets(make(key))} for make, key in NAMES)


@pytest.mark.parametrize(("make", "key"), NAMES)
def test_what_depended_on_a_removed_asset_is_left_as_it_was(
    make: Callable[..., Sources], key: str
) -> None:
    sources = make(key)
    assert fixed(sources).sources.manifests == sources.manifests


def renamed(key: str) -> set[str]:
    """Other names that an asset may be given."""
    group, _, name = key.partition("/")
    words = name.split("_")
    plural = name.removesuffix("s") if name.endswith("s") else f"{name}s"
    names = {f"{name}_v3", f"new_{name}", f"{name}_1", "_".join(words[:-1]), words[-1], plural}
    return {*(f"{group}/{known_name}" for known_name in names if known_name), f"archive/{name}"} - {
        key
    }


@pytest.mark.parametrize(("make", "key"), NAMES)
def test_what_depended_on_a_renamed_asset_is_left_as_it_was(
    make: Callable[..., Sources], key: str
) -> None:
    there = {asset.key for asset in assets(make(key))}
    for new in renamed(key) - there:
        sources = make(key, new)
        assert fixed(sources).sources.manifests == sources.manifests


# Slips.

FIELDS = {
    "deps": "[raw/orders]",
    "owners": "[team:sales]",
    "description": "What we earn",
    "partitions_def": "daily",
    "automation_condition": "eager",
    "retry_policy": "{max_retries: 3}",
    "metadata": "{a: b}",
    "columns": "[{name: day}]",
    "schedule": '"@daily"',
    "can_subset": "true",
    "script": "load.py",
    "tags": "{domain: sales}",
}


def manifests(names: tuple[str, ...], number: int, line: str) -> Iterator[tuple[str, str]]:
    """What is right, and the same with a slip."""
    for right, wrong in slips(names, number, seed=number):
        value = FIELDS.get(right, "")
        yield tuple(line.format(name, value) for name in (right, wrong))


SCRIPTS = tuple(f"{key.partition('/')[2]}.py" for key in KEYS)
SLIPS = [
    *manifests(KEYS, 200, "deps: [{}]\n"),
    *manifests(SCRIPTS, 99, "script: {}\n"),
    *manifests(PARTITIONS, 100, "partitions_def: {}\n"),
    *manifests(tuple(FIELDS), 101, "{}: {}\n"),
]


def test_nearly_all_slips_are_fixed_and_all_to_what_was_meant() -> None:
    before = {f"reports/about_{n}": wrong for n, (_, wrong) in enumerate(SLIPS)}
    right = {f"defs/reports/about_{n}.yaml": wrong for n, (wrong, _) in enumerate(SLIPS)}
    scripts = [f"reports/{name}" for name in (*SCRIPTS, "load.py")]
    sources = project({**dict.fromkeys(KEYS, ""), **before}, *scripts)
    after = {manifest.path: manifest.text for manifest in fixed(sources).sources.manifests}
    changed = [path for path in right if after[path] != before[path[5:-5]]]
    assert [after[path] for path in changed] == [right[path] for path in changed]
    assert len(SLIPS) == 500
    assert len(changed) >= 475, [text for text in before.values() if text in after.values()]


# Whatever the names.

WORDS = st.sampled_from([name for key in KEYS for name in key.split("/")])


@st.composite
def near(draw: st.DrawFn) -> str:
    """A key, perhaps with a few letters changed."""
    key = list(f"{draw(WORDS)}/{draw(WORDS)}")
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(key) - 1))
        key[at : at + draw(st.integers(0, 1))] = draw(st.sampled_from(["", "a", "s", "1", "_"]))
    return "".join(key)


def distance(one: str, two: str) -> int:
    """Letters added, left out, changed, or swapped with their neighbours: Damerau's table."""
    rows = [list(range(len(two) + 1))]
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(two, 1):
            best = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (a != b))
            if i > 1 < j and (a, one[i - 2]) == (two[j - 2], b):
                best = min(best, rows[-2][j - 2] + 1)
            row.append(best)
        rows.append(row)
    return rows[-1][-1]


@given(near(), st.lists(near(), max_size=8, unique=True))
@settings(max_examples=1000, deadline=None)
def test_a_fix_is_one_slip_within_one_part_and_no_other_is_as_near(
    word: str, known: list[str]
) -> None:
    known = [other for other in known if other != word]
    right = obvious(word, known)
    if right is None:
        return
    pairs = [
        pair for pair in zip(word.split("/"), right.split("/"), strict=True) if pair[0] != pair[1]
    ]
    assert len(pairs) == 1
    assert 0 < distance(*pairs[0]) <= (2 if min(map(len, pairs[0])) >= 8 else 1)
    assert re.findall(r"\d+", word) == re.findall(r"\d+", right)
    assert sum(distance(word, other) <= distance(word, right) for other in known) == 1


# One by one.


@pytest.mark.parametrize(
    ("written", "there"),
    [
        ("raw/orders_eu", "raw/orders_us"),
        ("raw/orders_uk", "raw/orders_us"),
        ("raw/daily_sales", "raw/weekly_sales"),
        ("raw/refunds", "raw/funds"),
        ("marketing/ads", "marketing/seo"),
        ("warehouse_staging/fx_rates", "warehouse_staging/items"),
        ("raw/order", "raw/orders"),
        ("raw/orders", "raw/order"),
        ("raw/contacts", "raw/contracts"),
        ("raw/internal_users", "raw/external_users"),
        ("raw/omission", "raw/emission"),
        ("raw/hotels", "raw/hostels"),
        ("raw/asset_designation", "raw/asset_destination"),
        ("raw/designation", "raw/destination"),
        ("raw/included", "raw/excluded"),
        ("raw/sales_2023", "raw/sales_2024"),
        ("raw/sales_v1", "raw/sales_v"),
        ("raw/sales_1", "raw/sales_l"),
        ("raw/prices_jan", "raw/prices_jun"),
        ("raw/orders_us", "raw/orders"),
        ("staging/orders", "raw/orders"),
        ("orders", "raw/orders"),
        ("uk/orders", "us/orders"),
        ("raw/ordersUK", "raw/ordersUS"),
        ("raw/flights_is", "raw/flights_in"),
        ("raw/tickets", "raw/tickers"),
        ("raw/carriers", "raw/couriers"),
        ("raw/inbound", "raw/unbound"),
        ("raw/person", "raw/persona"),
        ("raw/orders_jde", "raw/orders_jda"),
        ("raw/orders_sfx", "raw/orders_bfx"),
        ("raw/iceland", "raw/ireland"),
        ("raw/presales", "raw/resales"),
        ("raw/clearing", "raw/cleaning"),
        ("raw/parking_daily", "raw/packing_daily"),
        ("raw/matches", "raw/batches"),
        ("raw/stories", "raw/stores"),
        ("raw/offboarding", "raw/onboarding"),
        ("raw/repaid_loans", "raw/prepaid_loans"),
        ("raw/macro", "raw/micro"),
        ("raw/ordersb", "raw/ordersa"),
        ("raw/xsales", "raw/isales"),
        ("raw/conservation", "raw/conversation"),
        ("raw/directory", "raw/director"),
    ],
)
def test_what_may_be_another_thing_is_left(written: str, there: str) -> None:
    sources = project({there: "", "marts/report": f"deps: [{written}]\n"})
    after = fixed(sources)
    assert after.sources.manifests == sources.manifests
    assert len(after.compilation.diagnostics) == 1


@pytest.mark.parametrize(
    ("written", "there", "is_slip"),
    [
        ("sales_us", "sales_eu", False),
        ("sales_us", "sales_uk", False),
        ("salesUS", "salesUK", False),
        ("warehouse_us", "warehouse_eu", False),
        ("team_a", "team_b", False),
        ("plant_n", "plant_s", False),
        ("oms", "wms", False),
        ("uat", "uae", False),
        ("sem", "seo", False),
        ("shipping", "shopping", False),
        ("dev", "dem", False),
        ("contacts", "contracts", False),
        ("internal", "external", False),
        ("marketnig", "marketing", True),
        ("stagin", "staging", True),
        ("rwa", "raw", True),
        ("sales_ue", "sales_eu", False),
        ("saels_eu", "sales_eu", True),
    ],
)
def test_a_group_that_is_gone_is_no_slip_of_one_that_is_there(
    written: str, there: str, is_slip: bool
) -> None:
    names = ("orders", "items", "stock", "prices")
    scripts = {f"{there}/{name}": "" for name in names}
    sources = project({**scripts, "marts/report": f"deps: [{written}/orders]\n"})
    assert (fixed(sources).sources.manifests != sources.manifests) == is_slip


@pytest.mark.parametrize(
    "text",
    [
        "desc: The orders of the day\n",
        "args: [--since, 2013]\n",
        "tool: duckdb\n",
        "asset: revenue\nname: revenue\ngroup: sales\n",
        "asset: {revenue: {}}\n",
        "key: raw/ordes\nasset: raw/orders\n",
        "kind: [subprocess]\n",
        "subprocess: {pwd: ..}\n",
        "checks: {rows: {locking: true}}\n",
    ],
)
def test_keys_of_other_tools_are_left(text: str) -> None:
    sources = project({"raw/orders": "", "marts/report": text})
    assert fixed(sources).sources.manifests == sources.manifests


@pytest.mark.parametrize("written", ["load_uk.py", "load_orders.zsh", "load_us.pyx", "laod.py"])
def test_a_script_that_may_be_another_one_is_left(written: str) -> None:
    files = ("marts/load_us.py", "marts/load_orders.sh", "marts/load.py", "marts/loads.py")
    sources = project({"marts/report": f"script: {written}\n"}, *files[: 4 - ("ao" in written)])
    after = fixed(sources).sources.manifests
    assert (after == sources.manifests) == (written != "laod.py")


def test_there_is_no_fix_where_what_comes_of_it_is_wrong() -> None:
    sources = project({"raw/orders": "", "marts/report": "depz: [raw/nothing_like_it]\n"})
    assert fixed(sources).sources.manifests == sources.manifests


def test_similar_words_are_found_among_many_long_ones() -> None:
    known = [f"group/{'ab' * 70}{number}" for number in range(5000)]
    assert nearest_two(f"{known[77]}x", known)[0].startswith(known[77][:-2])
    assert all(len(nearest_two(f"{word}x", known)) == 2 for word in known[:10])

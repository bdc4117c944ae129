"""Selections are read and answered as Dagster does it: random expressions on random projects."""

from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import dagster as dg
import pytest
from dagster import AssetSelection
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pipes_projects import PipesProject
from pipes_projects.analysis.selection import SelectionProblem, select
from pipes_projects.analysis.selection.grammar import parse
from pipes_projects.emitter.owner.published.contract import contract_of
from pipes_projects.project import Project
from pipes_projects.project_folder import compile_project
from tests.support.folder import Folder

pytestmark = pytest.mark.filterwarnings("ignore::dagster.BetaWarning")
MADE_BY_PYTHON = "py/made"


class Published(PipesProject):
    """Partitions of each type, and an asset of Python definitions."""

    @classmethod
    def partitions_defs(cls) -> dict[str, Any]:
        days, sizes = dg.DailyPartitionsDefinition("2026-01-01"), ["s", "m"]
        static = dg.StaticPartitionsDefinition(sizes)
        both = dg.MultiPartitionsDefinition({"day": days, "size": static})
        dynamic = dg.DynamicPartitionsDefinition(name="customers")
        return {"daily": days, "sizes": static, "both": both, "customers": dynamic}

    @classmethod
    def asset_keys(cls) -> list[str]:
        return [MADE_BY_PYTHON]


GROUPS, NAMES = ("a", "ab", "b"), ("x", "y", "x_y")
KEYS = [f"{group}/{name}" for group in GROUPS for name in NAMES]
OWNERS = ["team:sales", "ann@example.com"]


def some(*values: str) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(values), unique=True, max_size=2)


def manifest(earlier: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    """What a manifest says of an asset, whose dependencies come before it."""
    tags = st.dictionaries(st.sampled_from(["tier", "kind", "flag"]), st.sampled_from(["gold", ""]))
    fields = {
        "owners": some(*OWNERS),
        "tags": tags.map(
            lambda drawn: {k: v or ("" if k != "kind" else "r") for k, v in drawn.items()}
        ),
        "kinds": some("python", "duckdb"),
        "partitions_def": st.sampled_from([None, None, *Published.partitions_defs()]),
    }
    deps = st.lists(st.sampled_from([*earlier, MADE_BY_PYTHON]), unique=True, max_size=3)
    external = st.fixed_dictionaries({"kind": st.just("external"), **fields})
    made = st.fixed_dictionaries({"deps": deps, **fields})
    return st.one_of(external, made, made, made)


@st.composite
def manifests(draw: st.DrawFn) -> dict[str, dict[str, Any]]:
    keys = draw(st.lists(st.sampled_from(KEYS), min_size=3, max_size=9, unique=True))
    return {key: draw(manifest(keys[:number])) for number, key in enumerate(keys)}


def written(fields: dict[str, Any]) -> str:
    """The manifest's text; every dependency takes all partitions, so that any fit."""
    deps = [{"asset": key, "partition_mapping": "all"} for key in fields.get("deps", ())]
    lines = {**fields, **({"deps": deps} if deps else {})}
    return "".join(f"{k}: {v!r}\n" for k, v in lines.items() if v or k == "tags")


WORDS = ["a", "ab", "x", "gold", "tier", "flag", "duckdb", "r", "python", "missing", "job", "none"]
VALUES = [*WORDS, '""', '"team:sales"', '"ann@example.com"', '"a*"', "<null>", '"dagster/kind/r"']
KEYS_ASKED = [*KEYS, "a/*", "*/x", "a*", "**", '"*"', '"a/x"', '"b/*_y"', MADE_BY_PYTHON]
ASKED = st.one_of(
    st.sampled_from(KEYS_ASKED).map("key:{}".format),
    st.sampled_from(KEYS_ASKED).map("key:{}".format),
    st.tuples(st.sampled_from(["owner", "group", "tag", "kind"]), st.sampled_from(VALUES)).map(
        ":".join
    ),
    st.tuples(st.sampled_from(WORDS), st.sampled_from(VALUES)).map(
        lambda pair: f"tag:{pair[0]}={pair[1]}"
    ),
    st.sampled_from(["is:external", "is:materializable", "is:missing", "*"]),
    st.sampled_from(["none", "<null>", "time", "static", "dynamic", "multipartitions"]).map(
        "partitions:{}".format
    ),
)
BEFORE, AFTER = ["", "+", "1+", "2 +", "0+"], ["", "+", "+1", "+ 2", "+0"]


def larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    joined = st.tuples(inner, st.sampled_from([" and ", " or ", " AND ", " OR "]), inner)
    around = st.tuples(st.sampled_from(BEFORE), inner, st.sampled_from(AFTER))
    return st.one_of(
        joined.map("".join),
        around.map(lambda parts: f"{parts[0]}({parts[1]}){parts[2]}"),
        around.map("".join),
        st.tuples(st.sampled_from(["not {}", "sinks({})", "roots ({})", "({})"]), inner).map(
            lambda pair: pair[0].format(pair[1])
        ),
    )


EXPRESSIONS = st.recursive(ASKED, larger, max_leaves=5)


@st.composite
def slips(draw: st.DrawFn) -> str:
    """An expression in which a letter is missing, or one too many."""
    text = draw(EXPRESSIONS)
    at = draw(st.integers(0, len(text)))
    more = draw(st.sampled_from(["", *'*+:=()", \t.-1/é<', " and", "not "]))
    return text[:at] + more + text[at + (not more) :]


def in_folder(drawn: dict[str, dict[str, Any]]) -> tuple[Project, Any]:
    """The project as it is compiled, and Dagster's graph of it."""
    with TemporaryDirectory() as root:
        folder = Folder(Path(root) / "project")
        for key, values in drawn.items():
            folder.write(f"defs/{key}.yaml", written(values))
            if "kind" not in values:
                folder.write(f"defs/{key}.sh", "true\n")
        compiled = compile_project(folder.root, contract_of(Published))
        assert not compiled.has_errors, compiled.diagnostics
        return compiled.project, folder.definitions(Published).resolve_asset_graph()


def by_dagster(text: str, graph: Any) -> set[str] | None:
    """What Dagster selects; None where its grammar refuses the text.

    Names without attributes, which are not of its grammar, it reads in an older way: but not
    where they are a part of something larger.
    """
    with suppress(Exception):  # of its grammar, and of its visitor, which raise what they like
        AssetSelection.from_string(f"* and {text}")
        keys = AssetSelection.from_string(text).resolve(graph)
        return {key.to_user_string() for key in keys} - {MADE_BY_PYTHON}
    return None


def is_agreed(project: Project, text: str, graph: Any) -> None:
    """What we select is what Dagster selects; where we refuse, there is nothing, or a wrong key."""
    ours, theirs = select(project, text), by_dagster(text, graph)
    assert isinstance(parse(text), SelectionProblem) == (theirs is None), (text, theirs)
    unknown = [
        finding for finding in ours.problems if finding.message.startswith("no asset is called")
    ]
    if unknown:
        known = {asset.key for asset in project.assets()}
        assert all(finding.message.split("`")[1] not in known for finding in unknown), (
            text,
            unknown,
        )
        assert theirs is not None, text
    elif theirs:
        assert (set(ours.keys), ours.problems) == (theirs, ()), text
    else:
        assert ours.keys == (), (text, ours)
        assert len(ours.problems) == 1, (text, ours)


QUIET = settings(
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a failure names its text: that is short
)


@settings(QUIET, max_examples=60)
@given(
    manifests(), st.lists(st.one_of(EXPRESSIONS, EXPRESSIONS, slips()), min_size=40, max_size=60)
)
def test_what_is_selected_is_what_dagster_selects(
    drawn: dict[str, dict[str, Any]], texts: list[str]
) -> None:
    project, graph = in_folder(drawn)
    for text in texts:
        is_agreed(project, text, graph)

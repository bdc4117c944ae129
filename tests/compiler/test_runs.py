"""The runs of a schedule's tick, and the schedule's name."""

import re
from collections.abc import Collection

from hypothesis import given, settings
from hypothesis import strategies as st

from pipes_projects.compiler.check.schedule_plan import Member, Plan, plan, schedule_name

DEFINITIONS = {"daily": True, "monthly": True, "regions": False}


def script(name: str, partitions: str | None = None, upstream: str = "") -> Member[str]:
    """A script whose `upstream` names others, by one letter each."""
    return Member(name, partitions, DEFINITIONS.get(partitions or "", False), tuple(upstream))


def test_one_run_for_each_partitions_definition_and_one_for_scripts_without() -> None:
    found = plan([script("a", "daily"), script("b", "monthly"), script("c"), script("d", "daily")])
    assert found == Plan({"a": "daily", "b": "monthly", "c": None, "d": "daily"}, ())


def test_a_script_without_partitions_goes_with_the_run_of_its_upstream() -> None:
    found = plan([script("v", upstream="d"), script("d", "daily", "u"), script("u")])
    assert found == Plan({"v": "daily", "d": "daily", "u": None}, (("d", "u"),))


def test_a_chain_without_partitions_follows_as_a_whole() -> None:
    found = plan([script("x", upstream="w"), script("w", upstream="d"), script("d", "daily")])
    assert set(found.runs.values()) == {"daily"}
    assert found.crossing == ()


def test_a_script_below_two_runs_is_in_neither() -> None:
    found = plan([script("d", "daily"), script("m", "monthly"), script("v", upstream="dm")])
    assert found == Plan({"d": "daily", "m": "monthly", "v": None}, (("v", "d"), ("v", "m")))


def test_a_script_below_partitions_and_below_none_waits_for_the_latter() -> None:
    found = plan([script("u"), script("d", "daily"), script("v", upstream="ud")])
    assert found == Plan({"u": None, "d": "daily", "v": None}, (("v", "d"),))


def test_a_script_does_not_go_along_where_each_partition_has_a_run() -> None:
    found = plan([script("r", "regions"), script("v", upstream="r"), script("w", upstream="v")])
    assert found == Plan({"r": "regions", "v": None, "w": None}, (("v", "r"),))


def test_two_partitions_definitions_are_two_runs() -> None:
    found = plan([script("d", "daily"), script("m", "monthly", upstream="d")])
    assert found.crossing == (("m", "d"),)


def test_upstream_scripts_of_no_schedule_or_of_another_do_not_count() -> None:
    found = plan([script("d", "daily", "o"), script("v", upstream="od"), script("w", upstream="o")])
    assert found == Plan({"d": "daily", "v": "daily", "w": None}, ())


def test_a_pair_that_crosses_is_said_once() -> None:
    assert plan([script("u"), script("d", "daily", "uuu")]).crossing == (("d", "u"),)


def test_what_waits_for_itself_keeps_a_run_of_its_own() -> None:
    """A cycle is a finding of its own; this must only come to an end."""
    found = plan([script("a", upstream="bd"), script("b", upstream="a"), script("d", "daily")])
    assert found == Plan({"a": None, "b": None, "d": "daily"}, (("a", "d"),))


def test_assets_of_one_script_may_be_made_from_each_other() -> None:
    found = plan([script("d", "daily", "d"), script("v", upstream="vd")])
    assert found == Plan({"d": "daily", "v": "daily"}, ())


def test_no_scripts_are_no_runs() -> None:
    assert plan(list[Member[str]]()) == Plan({}, ())


def test_a_chain_of_5_000_follows_its_first() -> None:
    first = Member("0", "daily", True, ())
    rest = [Member[str](f"{n}", None, False, (f"{n - 1}",)) for n in range(1, 5_000)]
    found = plan([*reversed(rest), first])
    assert len(found.runs) == 5_000
    assert set(found.runs.values()) == {"daily"}
    assert found.crossing == ()


NAMES = st.sampled_from("abcdefgh")
MEMBERS = st.lists(
    st.builds(
        script,
        NAMES,
        st.sampled_from([None, *DEFINITIONS]),
        st.lists(NAMES, max_size=4).map("".join),
    ),
    unique_by=lambda member: member.name,
)
ACYCLIC = MEMBERS.map(
    lambda members: [
        Member(
            member.name,
            member.partitions,
            member.one_run,
            [n for n in member.upstream if n < member.name],
        )
        for member in members
    ]
)


def edges(members: Collection[Member[str]]) -> set[tuple[str, str]]:
    names = {member.name for member in members}
    return {
        (member.name, above) for member in members for above in member.upstream if above in names
    }


@given(MEMBERS)
@settings(max_examples=200, deadline=None)
def test_each_script_has_a_run_and_partitions_are_kept_together(members: list[Member[str]]) -> None:
    runs = plan(members).runs
    assert set(runs) == {member.name for member in members}
    for member in members:
        assert member.partitions is None or runs[member.name] == member.partitions
    assert set(runs.values()) <= {None, *(member.partitions for member in members)}


@given(MEMBERS)
@settings(max_examples=200, deadline=None)
def test_the_pairs_that_cross_are_those_between_two_runs(members: list[Member[str]]) -> None:
    found = plan(members)
    across = {pair for pair in edges(members) if found.runs[pair[0]] != found.runs[pair[1]]}
    assert len(found.crossing) == len(across)
    assert set(found.crossing) == across


@given(ACYCLIC)
@settings(max_examples=200, deadline=None)
def test_a_script_without_partitions_follows_where_it_can(members: list[Member[str]]) -> None:
    runs = plan(members).runs
    for member in members:
        above = {runs[name] for name in member.upstream if name in runs}
        alone = len(above) == 1 and all(DEFINITIONS.get(name or "", True) for name in above)
        if member.partitions is None:
            assert runs[member.name] == (above.pop() if alone else None)


@given(MEMBERS, st.randoms(use_true_random=False))
@settings(max_examples=200, deadline=None)
def test_the_order_of_scripts_changes_no_run(members: list[Member[str]], random: object) -> None:
    shuffled = list(members)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = plan(members), plan(shuffled)
    assert one.runs == other.runs
    assert set(one.crossing) == set(other.crossing)


def test_a_schedule_is_named_after_cron_and_time_zone() -> None:
    assert schedule_name("0 5 * * *") == "schedule_0_5_x_x_x"
    assert schedule_name("0 5 * * *", "Europe/Berlin") == "schedule_0_5_x_x_x_Europe_Berlin"
    assert schedule_name("0 5 * * *", "America/New_York") == "schedule_0_5_x_x_x_America_New__York"
    assert schedule_name("*/15 9-17 * * MON-FRI") == "schedule_xby15_9to17_x_x_MONtoFRI"
    assert schedule_name("0 0,12 1 */2 *") == "schedule_0_0and12_1_xby2_x"


def test_spaces_and_utc_written_out_make_no_other_schedule() -> None:
    assert schedule_name("  0 5\t*  * * ", "UTC") == schedule_name("0 5 * * *")


def test_what_has_no_word_gets_a_hash() -> None:
    names = {
        schedule_name("0 5 * * mon"),
        schedule_name("0 5 * * MON"),
        schedule_name("0 5 * * mon#1"),
        schedule_name("0 5 * * 1", "Etc/GMT+5"),
        schedule_name("0 5 * * 1", "Etc/GMT-5"),
        schedule_name("@daily"),
    }
    assert len(names) == 6
    assert re.fullmatch(r"schedule_0_5_x_x_mon__[0-9a-f]{8}", schedule_name("0 5 * * mon"))


FIELDS = st.text("0123456789*/,-xMON", min_size=1, max_size=4)
CRONS = st.lists(FIELDS, min_size=5, max_size=5).map(" ".join) | st.text(max_size=12)
ZONES = st.none() | st.text("UTCab_/+-1", max_size=8)


@given(CRONS, ZONES, CRONS, ZONES)
@settings(max_examples=500, deadline=None)
def test_two_schedules_have_two_names(
    cron: str, zone: str | None, other_cron: str, other_zone: str | None
) -> None:
    one, other = schedule_name(cron, zone), schedule_name(other_cron, other_zone)
    equal = (cron.split(), zone or "UTC") == (other_cron.split(), other_zone or "UTC")
    assert (one == other) == equal
    assert re.fullmatch(r"[A-Za-z0-9_]+", one)

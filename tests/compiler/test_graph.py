"""Cycles: against a simple reference, and at lengths that recursion does not survive."""

from graphlib import CycleError, TopologicalSorter

from hypothesis import given, settings
from hypothesis import strategies as st

from pipes_projects.codes import Code
from pipes_projects.compiler import compile_sources
from pipes_projects.compiler.check.graph import Graph, cycles
from pipes_projects.disk.files import TextFiles
from pipes_projects.source import SourceFile, Sources

NODES = st.sampled_from("abcdefgh")
GRAPHS = st.dictionaries(NODES, st.lists(NODES, max_size=3))


def is_cyclic(graph: Graph) -> bool:
    try:
        TopologicalSorter({node: set(targets) for node, targets in graph.items()}).prepare()
    except CycleError:
        return True
    return any(node in targets for node, targets in graph.items())


def reached(graph: Graph, start: str) -> frozenset[str]:
    """Where a walk of one step or more can end."""
    found: set[str] = set()
    pending = [start]
    while pending:
        new = set(graph.get(pending.pop(), ())) - found
        found |= new
        pending += new
    return frozenset(found)


def groups(graph: Graph) -> set[frozenset[str]]:
    """The nodes that reach themselves, with those that they reach and are reached by."""
    reach = {node: reached(graph, node) for node in graph}
    return {
        frozenset(other for other in reach[node] if node in reach.get(other, ()))
        for node in graph
        if node in reach[node]
    }


@given(GRAPHS)
@settings(max_examples=500, deadline=None)
def test_a_cycle_is_found_where_there_is_one(graph: Graph) -> None:
    assert bool(list(cycles(graph))) == is_cyclic(graph)


@given(GRAPHS)
@settings(max_examples=500, deadline=None)
def test_a_cycle_is_a_closed_path_from_its_first_node(graph: Graph) -> None:
    for cycle in cycles(graph):
        assert cycle[0] == min(cycle)
        assert len(set(cycle)) == len(cycle)
        for node, following in zip(cycle, (*cycle[1:], cycle[0]), strict=True):
            assert following in graph[node]


@given(GRAPHS)
@settings(max_examples=500, deadline=None)
def test_each_group_of_nodes_that_reach_each_other_has_one_cycle(graph: Graph) -> None:
    found = list(cycles(graph))
    assert len(found) == len(groups(graph))
    for group in groups(graph):
        assert sum(set(cycle) <= group for cycle in found) == 1


@given(GRAPHS, st.randoms(use_true_random=False))
@settings(max_examples=200, deadline=None)
def test_the_order_of_nodes_and_edges_changes_no_cycle(graph: Graph, random: object) -> None:
    shuffled = list(graph.items())
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    other = {node: targets[::-1] for node, targets in shuffled}
    assert set(cycles(graph)) == set(cycles(other))


def test_a_chain_of_20_000_has_no_cycle() -> None:
    assert list(cycles({f"{n}": (f"{n + 1}",) for n in range(20_000)})) == []


def test_a_ring_of_20_000_is_one_cycle() -> None:
    (cycle,) = cycles({f"{n}": (f"{(n + 1) % 20_000}",) for n in range(20_000)})
    assert cycle[:3] == ("0", "1", "2")
    assert len(cycle) == 20_000


def test_10_000_pairs_are_10_000_cycles() -> None:
    assert len(list(cycles({f"{n}": (f"{n ^ 1}",) for n in range(20_000)}))) == 10_000


def project(deps: dict[int, int]) -> Sources:
    paths = {number: f"defs/group/a{number}" for number in range(5_000)}
    return Sources(
        TextFiles(frozenset(f"{path}.py" for path in paths.values())),
        tuple(
            SourceFile(f"{path}.yaml", f"deps: [group/a{deps[n]}]" if n in deps else "")
            for n, path in paths.items()
        ),
    )


def test_a_chain_of_5_000_assets_compiles() -> None:
    compilation = compile_sources(project({n: n - 1 for n in range(1, 5_000)}))
    assert compilation.diagnostics == ()
    assert len(list(compilation.project.assets())) == 5_000


def test_a_ring_of_5_000_assets_is_one_finding_that_can_be_read() -> None:
    (found,) = compile_sources(project({n: (n - 1) % 5_000 for n in range(5_000)})).diagnostics
    assert found.code is Code.DEPENDENCY_CYCLE
    assert len(found.message) < 1_100
    assert found.message.startswith("these assets are made from each other: `group/a0` → ")

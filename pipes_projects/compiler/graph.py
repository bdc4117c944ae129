"""Cycles in a directed graph, without recursion: chains of assets can be thousands long."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

Graph = Mapping[str, Sequence[str]]


def cycles(graph: Graph) -> Iterator[tuple[str, ...]]:
    """One cycle for each group of nodes that reach each other, as a path from its first node."""
    rest = _without_ends(graph)
    while rest:
        cycle = _walk(rest)
        yield cycle
        tangled = _reaching(rest, cycle)
        rest = _without_ends({n: it for n, it in rest.items() if n not in tangled})


def _without_ends(graph: Graph) -> dict[str, list[str]]:
    """The graph without the nodes from which no cycle is reached."""
    left = {node: [to for to in targets if to in graph] for node, targets in graph.items()}
    sources: dict[str, list[str]] = {node: [] for node in left}
    for node, targets in left.items():
        for target in targets:
            sources[target].append(node)
    count = {node: len(targets) for node, targets in left.items()}
    ends = [node for node, number in count.items() if number == 0]
    while ends:
        for source in sources[ends.pop()]:
            count[source] -= 1
            if count[source] == 0:
                ends.append(source)
    alive = {node for node, number in count.items() if number > 0}
    return {node: [to for to in left[node] if to in alive] for node in left if node in alive}


def _walk(graph: Graph) -> tuple[str, ...]:
    """Where every node has a way on, any walk ends in a cycle."""
    node, seen = min(graph), dict[str, int]()
    while node not in seen:
        seen[node] = len(seen)
        node = min(graph[node])
    path = [it for it in seen if seen[it] >= seen[node]]
    start = path.index(min(path))
    return (*path[start:], *path[:start])


def _reaching(graph: Graph, goal: Sequence[str]) -> set[str]:
    """The nodes from which the goal is reached."""
    sources: dict[str, list[str]] = {}
    for node, targets in graph.items():
        for target in targets:
            sources.setdefault(target, []).append(node)
    reached, pending = set(goal), list(goal)
    while pending:
        new = [it for it in sources.get(pending.pop(), ()) if it not in reached]
        reached.update(new)
        pending += new
    return reached

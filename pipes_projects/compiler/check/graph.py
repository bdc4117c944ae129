"""Cycles in a directed graph, without recursion: chains of assets can be thousands long."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence

Graph = Mapping[str, Sequence[str]]


def cycles(graph: Graph) -> Iterator[tuple[str, ...]]:
    """One cycle for each strongly connected component, as a path from its first node."""
    for group in knots(graph):
        yield _walk(graph, group)


def knots(graph: Graph) -> Iterator[set[str]]:
    """The strongly connected components that have a cycle."""
    for group in _groups(_without_ends(graph)):
        if len(group) > 1 or any(node in graph[node] for node in group):
            yield group


def closing(graph: Graph, loose: Container[str]) -> Iterator[tuple[str, str]]:
    """Edges whose removal leaves no cycle: from each cycle, the last edge from a loose node."""
    left = {node: list(targets) for node, targets in graph.items()}
    while found := list(cycles(left)):
        for cycle in found:
            steps = list(zip(cycle, (*cycle[1:], cycle[0]), strict=True))
            node, target = next((step for step in reversed(steps) if step[0] in loose), steps[-1])
            left[node] = [to for to in left[node] if to != target]
            yield node, target


def _without_ends(graph: Graph) -> dict[str, list[str]]:
    """The graph without the nodes that lead to no cycle: usually, nothing is left."""
    left = {node: [to for to in targets if to in graph] for node, targets in graph.items()}
    sources = _reversed(left)
    count = {node: len(targets) for node, targets in left.items()}
    ends = [node for node, number in count.items() if number == 0]
    while ends:
        for source in sources[ends.pop()]:
            count[source] -= 1
            if count[source] == 0:
                ends.append(source)
    return {n: [to for to in left[n] if count[to]] for n in left if count[n]}


def _reversed(graph: Graph) -> dict[str, list[str]]:
    sources: dict[str, list[str]] = {node: [] for node in graph}
    for node, targets in graph.items():
        for target in targets:
            sources[target].append(node)
    return sources


def _groups(graph: Graph) -> Iterator[set[str]]:
    """The strongly connected components, by Kosaraju's algorithm."""
    sources, seen = _reversed(graph), set[str]()
    for node in reversed(_finished(graph)):
        if node not in seen:
            group, pending = {node}, [node]
            while pending:
                new = set(sources[pending.pop()]) - seen - group
                group |= new
                pending += new
            seen |= group
            yield group


def _finished(graph: Graph) -> list[str]:
    """The nodes, in the order in which a depth-first search finishes them."""
    done: list[str] = []
    seen: set[str] = set()
    for first in graph:
        path = [] if first in seen else [(first, iter(graph[first]))]
        seen.add(first)
        while path:
            target = next((to for to in path[-1][1] if to not in seen), None)
            if target is None:
                done.append(path.pop()[0])
            else:
                seen.add(target)
                path.append((target, iter(graph[target])))
    return done


def _walk(graph: Graph, group: set[str]) -> tuple[str, ...]:
    """Where every node has a successor, any walk ends in a cycle."""
    node, seen = min(group), dict[str, int]()
    while node not in seen:
        seen[node] = len(seen)
        node = min(to for to in graph[node] if to in group)
    path = [step for step in seen if seen[step] >= seen[node]]
    start = path.index(min(path))
    return (*path[start:], *path[:start])

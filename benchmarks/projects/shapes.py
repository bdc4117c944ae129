"""Small projects designed to be slow: the shape of each, in any size."""

from collections.abc import Callable

from pipes_projects.compiler import Compilation, compile_sources
from pipes_projects.disk.files import MAX_BYTES, TextFiles
from pipes_projects.source import SourceFile, Sources

Texts = dict[str, str]
Shape = Callable[[int], Texts]


def _one(start: str, part: Callable[[int], str], end: str = "") -> Shape:
    """A manifest with a part that is repeated many times."""
    return lambda count: {
        "defs/a/b.yaml": start + "".join(part(number) for number in range(count)) + end
    }


def _many(text: Callable[[int], str]) -> Shape:
    """A number of manifests."""
    return lambda count: {f"defs/a/b{number}.yaml": text(number) for number in range(count)}


IN_ONE_FILE: dict[str, Shape] = {
    "a slip in each asset": _one("assets:\n", lambda n: f"  a{n}:\n    owner: [x]\n"),
    "a slip in each column": _one("columns:\n", lambda n: f"  - {{name: c{n}, typ: int}}\n"),
    "columns, and one slip": _one("columns:\n", lambda n: f"  - {{name: c{n}}}\n", "ownrs: []\n"),
    "`yes` in each check": _one("checks:\n", lambda n: f"  c{n}: {{blocking: yes}}\n"),
    "slips in lines that end in CRLF": _one("assets:\r\n", lambda n: f"  a{n}: {{owner: x}}\r\n"),
    "dependencies on nothing": _one("deps: [", lambda n: f"a/d{n}, ", "a/x]\n"),
    "dependencies, one of them twice": _one("deps: [", lambda n: f"x/d{n}, ", "x/d0]\n"),
    "tags that are none": _one("tags: {", lambda n: f"'d {n}': x, ", "}\n"),
    "keys that are none": _one("", lambda n: f"ownrs{n:05}: x\n"),
    "checks of no asset": lambda count: {
        "defs/a/b.yaml": "assets:\n"
        + "".join(f"  asset_{n}: {{}}\n" for n in range(count))
        + "checks:\n"
        + "".join(f"  c{n}: {{asset: aset_{n}}}\n" for n in range(count))
    },
    "one key, again and again": _one("tags:\n", lambda _: "  a: b\n"),
    "keys without values": _one("tags:\n", lambda n: f"  k{n}:\n"),
    "checks without values": _one("checks:\n", lambda n: f"  c{n}:\n"),
    "words of other tools": _one("", lambda n: f"depends_on{n}: [a/x]\n"),
    "fields in the column of assets": _one("assets:\n", lambda n: f"  a{n}:\n  deps: [a/x]\n"),
    "fields in the column of checks": _one("checks:\n", lambda n: f"  c{n}:\n  blocking: true\n"),
    "assets in the first column": _one("assets:\n", lambda n: f"a{n}:\n  deps: [a/x]\n"),
    "options that are none, without values": _one("subprocess:\n", lambda n: f"  o{n}: null\n"),
    "assets of one name": _one("assets:\n", lambda n: f"  a{n}: {{key: a/x}}\n"),
    "a cycle in each asset": _one("assets:\n", lambda n: f"  a{n}: {{deps: [a/a{n}]}}\n"),
    "as many dependencies as assets": lambda count: {
        "defs/a/b.yaml": f"deps: [{', '.join(f'x/d{n}' for n in range(count))}]\nassets:\n"
        + "".join(f"  a{n}: {{}}\n" for n in range(count))
    },
    "as many tags as assets": lambda count: {
        "defs/a/b.yaml": f"tags: {{{', '.join(f'd{n}: x' for n in range(count))}}}\nassets:\n"
        + "".join(f"  a{n}: {{}}\n" for n in range(count))
    },
    "a param with a pattern, again and again": _one(
        "params:\n", lambda n: f"  p{n}: {{default: x, pattern: '\\w?x{{{n % 90 + 1}}}y*'}}\n"
    ),
    "`[` that is not closed": _one("", lambda _: "[" * 20),
    "`{` that is not closed, in lines": _one("", lambda _: "a: {\n"),
    "a list that is not closed": _one("deps: [", lambda n: f"x/d{n}, "),
    "a quote that is not closed": _one("a: '", lambda _: "x y z\n  "),
    "a tab between words": _one("deps: [", lambda n: f"x/d{n}, ", "\tx/y]\n"),
    "a tab in a word": _one("deps: [", lambda n: f"x/d{n}, ", "x\ty]\n"),
    "tabs in quotes": _one("tags: {", lambda n: f"k{n}: '\t', ", "}\n"),
    "emoji as JSON has them": _one("tags: {", lambda n: f'k{n}: "\\ud83d\\ude00", ', "}\n"),
    "comments that look like lines": _one("", lambda _: "# \u2028a: 1\n", "ownrs: []\n"),
    "a duration in years": _one("retry_policy: {delay: P", lambda _: "1Y", "}\n"),
    "a duration with blanks": _one("retry_policy: {delay: '1", lambda _: " 1", "'}\n"),
    "a long schedule": _one("schedule: '1", lambda _: ",1", " * * * *'\n"),
    "a long number": _one("retry_policy: {max_retries: ", lambda _: "9", "}\n"),
    "one pattern, again and again": _one("code_paths: [", lambda _: "'**/*', ", "]\n"),
    "patterns that match nothing": _one("code_paths: [", lambda n: f"'**/*z{n}', ", "]\n"),
    "paths that are not there": _one("code_paths: [", lambda n: f"z{n}, ", "]\n"),
    "aliases": _one("extras:\n  a: &a [b, c]\n  d: [", lambda _: "*a, ", "]\n"),
    "a slip, with aliases": _one("assets:\n  a: &a {owner: x}\n", lambda n: f"  b{n}: *a\n"),
}
IN_MANY_FILES: dict[str, Shape] = {
    "a wrong time zone in each file": _many(
        lambda _: "schedule: {cron_schedule: '0 0 * * *', execution_timezone: Europe/Berlln}\n"
    ),
    "a slip in each file": _many(lambda _: "owner: [x]\n"),
    "pairs of files that need each other": _many(lambda n: f"deps: [a/b{n ^ 1}]\n"),
    "a ring of all files": lambda count: _many(lambda n: f"deps: [a/b{(n + 1) % count}]\n")(count),
}
SHAPES = IN_ONE_FILE | IN_MANY_FILES


def largest(shape: Shape, letters: int = MAX_BYTES) -> Texts:
    """A manifest of a shape, about as large as allowed."""
    count = letters
    while (size := _size(shape(count))) > letters:
        count = min(count - 1, count * letters // size)
    return shape(count)


def compiled(texts: Texts) -> Compilation:
    """A project made from texts, in which all scripts exist."""
    scripts = TextFiles(frozenset(path.replace(".yaml", ".py") for path in texts))
    manifests = tuple(SourceFile(path, text) for path, text in texts.items())
    return compile_sources(Sources(scripts, manifests))


def _size(texts: Texts) -> int:
    return sum(len(text.encode()) for text in texts.values())

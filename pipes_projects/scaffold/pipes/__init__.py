"""Pipes for languages that have no library for it: a file beside the script, and a script that
uses it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Final, NamedTuple


class Language(NamedTuple):
    """A language, as `new --language` knows it."""

    ending: str
    helper: str
    """The file that speaks Pipes, beside the script."""
    start: str
    one: str
    """Reports an asset whose key needs not be named."""
    several: str
    """Reports assets with their keys."""
    listed: str = '"{}"'
    """How a key is written in a list."""
    comma: str = ", "

    def script(self, keys: Sequence[str]) -> str:
        """A script to start from, which makes assets with these keys."""
        named = " and ".join((", ".join(keys[:-1]), keys[-1])) if len(keys) > 1 else keys[0]
        listed = self.comma.join(self.listed.format(key) for key in keys)
        body = self.several if len(keys) > 1 else self.one
        text = f"{self.start}\n{body}"
        return text.replace("KEYS", named).replace("LISTED", listed).replace("KEY", keys[0])

    @property
    def helper_text(self) -> str:
        """What is in its helper."""
        return files(__name__).joinpath(self.helper).read_text("utf-8")


LANGUAGES: Final[Mapping[str, Language]] = {
    "shell": Language(
        ".sh",
        "_pipes.sh",
        "#!/usr/bin/env bash\n# Makes KEYS.\nset -euo pipefail\n"
        'source "$(dirname "$0")/_pipes.sh"\n',
        'pipes_log "Hello from KEY."\npipes_report greeting=hello\n',
        'for key in LISTED; do\n  pipes_log "Hello from $key."\n'
        '  pipes_report -a "$key" greeting=hello\ndone\n',
        comma=" ",
    ),
    "r": Language(
        ".R",
        "_pipes.R",
        '# Makes KEYS.\nsource("_pipes.R")\n',
        'pipes_log("Hello from KEY.")\npipes_report(list(greeting = "hello"))\n',
        'for (key in c(LISTED)) {\n  pipes_log(paste0("Hello from ", key, "."))\n'
        '  pipes_report(list(greeting = "hello"), asset_key = key)\n}\n',
    ),
    "node": Language(
        ".mjs",
        "_pipes.mjs",
        '// Makes KEYS.\nimport { pipes } from "./_pipes.mjs";\n',
        'pipes.log("Hello from KEY.");\npipes.report({ greeting: "hello" });\n',
        "for (const assetKey of [LISTED]) {\n  pipes.log(`Hello from ${assetKey}.`);\n"
        '  pipes.report({ greeting: "hello" }, { assetKey });\n}\n',
    ),
    "perl": Language(
        ".pl",
        "_pipes.pl",
        "# Makes KEYS.\nuse strict;\nuse warnings;\nuse FindBin;\n"
        'require "$FindBin::Bin/_pipes.pl";\n',
        "pipes_log('Hello from KEY.');\npipes_report({greeting => 'hello'});\n",
        'for my $key (LISTED) {\n    pipes_log("Hello from $key.");\n'
        "    pipes_report({greeting => 'hello'}, asset_key => $key);\n}\n",
        "'{}'",
    ),
}
"""Each of them but Python, whose library is a package, by its name."""

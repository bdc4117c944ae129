"""The description of an asset in Dagster: words, source, and a link to its page in the catalog."""

import json
from typing import Any

import dagster as dg
import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from pipes_projects import PipesAssetManifest, PipesProject
from pipes_projects.emitter.owner.description import LIMIT, LINES
from pipes_projects.emitter.owner.hooks import OwnerError
from tests.support.command import run
from tests.support.folder import Folder
from tests.support.projects.owners import script_with, with_kinds
from tests.support.projects.quarantine import quarantined

CATALOG = "https://company.example/catalog (main)/".replace(" ", "%20")


class Published(PipesProject):
    @classmethod
    def catalog_url(cls) -> str | None:
        return CATALOG


def described(
    folder: Folder, project: type[PipesProject] = PipesProject, key: str = "group/one"
) -> str:
    keys = {spec.key.to_user_string(): spec for spec in specs(folder, project)}
    return keys[key].description or ""


def specs(folder: Folder, project: type[PipesProject]) -> list[dg.AssetSpec]:
    return list(folder.definitions(project).resolve_all_asset_specs())


def read(markdown: str) -> list[Token]:
    """As a reader of CommonMark understands it."""
    return MarkdownIt("commonmark").parse(markdown)


def links(markdown: str) -> list[Any]:
    inline = [token for block in read(markdown) for token in block.children or ()]
    return [token.attrs["href"] for token in inline if token.type == "link_open"]


# The source


@pytest.mark.parametrize(
    "script",
    [
        'TEXT = """\n````\n# not a heading\n````\n"""\n',
        "~~~\n```\n</code></pre><script>alert(1)</script>\n``````\n~~~~~~~\n",
        "x = 1\n" * (LINES - 1) + "```\n# not a heading\n" * 3,
        "    ```python\n\t```\n> ```\n- ```\r\n```\r\n",
    ],
)
def test_a_source_cannot_break_its_fence(folder: Folder, script: str) -> None:
    folder.asset("group/one", "description: Words.\n", script)
    blocks = read(described(folder, Published))
    assert blocks[0].type == "paragraph_open"
    fence = next(block for block in blocks if block.type == "fence")
    source = script.replace("\r\n", "\n").split("\n")[:LINES]
    assert fence.content.rstrip() == "\n".join(source).rstrip()
    assert {block.type for block in blocks} == {
        "paragraph_open", "inline", "paragraph_close", "fence",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "note"),
    [
        (LINES, ""),
        (LINES + 1, "\n\n… and 1 more line: the rest is in `defs/group/one.py`."),
        (20_000, "\n\n… and 19,800 more lines: the rest is in `defs/group/one.py`."),
    ],
)
def test_of_a_long_source_the_first_lines_are_shown(folder: Folder, lines: int, note: str) -> None:
    folder.asset("group/one", script="x = 1\n" * lines)
    shown = "x = 1\n" * min(lines, LINES)
    assert described(folder) == f"```python\n{shown}```{note}"


def test_of_long_lines_no_more_is_shown_than_is_read_with_ease(folder: Folder) -> None:
    folder.asset("group/one", script=f"x = '{'é' * LIMIT}'\n")
    folder.asset("group/two", script=f"x = '{'y' * 1000}'\n" * 100)
    long, wide = (described(folder, key=key) for key in ("group/one", "group/two"))
    assert len(long.encode()) < LIMIT + 200
    assert long.endswith("… and more: the rest is in `defs/group/one.py`.")
    assert len(wide) < LIMIT + 200
    assert wide.endswith("… and 35 more lines: the rest is in `defs/group/two.py`.")


def test_of_a_notebook_the_code_is_shown(folder: Folder) -> None:
    cells = [
        {"cell_type": "markdown", "source": ["# Title"]},
        {"cell_type": "code", "source": ["x = 1\n", "x"]},
    ]
    folder.write("defs/group/one.yaml", "subprocess: {command: cat}\n")
    folder.write("defs/group/one.ipynb", json.dumps({"cells": cells}))
    assert described(folder) == "```python\nx = 1\nx\n```"


# The link to the catalog


def test_without_a_catalog_there_is_no_link(folder: Folder) -> None:
    folder.asset("group/one", "description: Words.\n", "x = 1\n")
    assert described(folder) == "Words.\n\n```python\nx = 1\n```"


def test_a_description_ends_in_a_link_to_the_page_of_the_asset(folder: Folder) -> None:
    folder.asset("group/one", "description: Words.\n", "x = 1\n" * 300)
    folder.write("defs/group/two.yaml", "kind: external\n")
    for key in ("group/one", "group/two"):
        text = described(folder, Published, key)
        assert text.endswith(f"[Open in the catalog](<{CATALOG}#/asset/{key}>)")
        assert links(text) == [f"{CATALOG}#/asset/{key}"]


def test_the_parts_of_a_key_are_encoded_in_the_link(folder: Folder) -> None:
    folder.asset("group/one", 'key: "net/Umsätze (50%)/a]b>c?#d"\n')
    (spec,) = specs(folder, Published)
    page = "net/Ums%C3%A4tze%20%2850%25%29/a%5Db%3Ec%3F%23d"
    assert links(spec.description or "") == [f"{CATALOG}#/asset/{page}"]


def test_the_page_is_that_of_the_manifest_whatever_an_owner_makes_of_the_key(
    folder: Folder,
) -> None:
    class Elsewhere(PipesAssetManifest):
        @property
        def asset_key(self) -> dg.AssetKey:
            return super().asset_key.with_prefix("dev")

    folder.asset("group/one")
    owned = with_kinds(Published, subprocess=script_with(Elsewhere))
    assert links(described(folder, owned, "dev/group/one")) == [f"{CATALOG}#/asset/group/one"]


def test_in_quarantine_too_a_description_ends_in_the_link(folder: Folder) -> None:
    folder.asset("group/one", "ownrs: []\n")
    folder.asset("group/none", "deps: [\n")
    found = quarantined(folder, Published).specs
    for key in ("group/one", "group/none"):
        assert links(found[key].description or "") == [f"{CATALOG}#/asset/{key}"]


@pytest.mark.parametrize(
    "wrong", ["", "catalog", "javascript:alert(1)", "https://x y", "https://x/#/", 1, "https://x/>"]
)
def test_a_catalog_url_that_is_none_is_refused_by_name(folder: Folder, wrong: object) -> None:
    class Wrong(PipesProject):
        @classmethod
        def catalog_url(cls) -> Any:
            return wrong

    folder.asset("group/one")
    with pytest.raises(OwnerError) as error:
        folder.definitions(Wrong)
    told = f"must return the URL of a page, such as https://example.com/catalog/, not {wrong!r}"
    assert str(error.value) == f"`Wrong.catalog_url()` {told}"


def test_explain_shows_the_words_alone(folder: Folder) -> None:
    folder.asset("group/one", "description: Words.\n", "x = 1\n" * 300)
    folder.write(
        "definitions.py",
        "from pipes_projects import PipesProject\n\n\nclass Published(PipesProject):\n"
        "    @classmethod\n    def catalog_url(cls):\n        return 'https://example.com/'\n\n\n"
        "defs = Published.make_defs()\n",
    )
    done = run("explain", "group/one", "--definitions", cwd=folder.root)
    told = [line for line in done.stdout.splitlines() if line.startswith("description")]
    assert [line.split()[:2] for line in told] == [["description", "Words."]] * 2
    assert "#/asset/" not in done.stdout

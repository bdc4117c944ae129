"""Where files can be read: known of some hosts, said by the owner for all others, never guessed."""

from pathlib import Path

import pytest

from pipes_projects.catalog.repository import web_of
from tests.catalog.reading import content_of
from tests.catalog.shop import catalog
from tests.catalog.visitor import Visitor
from tests.support.folder import Folder
from tests.support.in_process import call
from tests.support.repositories import commit, git, init

OURS = "https://git.acme.example:3000/shop/src/commit/{commit}/{path}#L{line}"
LINES = [
    (OURS, "https://git.acme.example:3000/shop/src/commit/C0/a%20part/{path}#L{line}"),
    ("https://x.example/{path}?id={commit}#n{line}", "https://x.example/a%20part/{path}?id=C0#n{line}"),
    ("http://x.example/?p=/{path}&l={line}", "http://x.example/?p=/a%20part/{path}&l={line}"),
    ("https://x.example/@me/main/{path}", "https://x.example/@me/main/a%20part/{path}"),
]  # fmt: skip


def a_part(root: Path, remote: str, settings: str = "") -> Folder:
    """A project in a folder of a repository."""
    folder = Folder(root / "all/a part")
    folder.asset("raw/orders")
    folder.write("pyproject.toml", f"[tool.pipes-projects.catalog]\n{settings}\n")
    init(root / "all")
    commit(root / "all", "first")
    git(root / "all", "remote", "add", "origin", remote)
    return folder


@pytest.mark.parametrize(("file_url", "line"), LINES)
def test_the_owner_says_where_a_line_can_be_read(tmp_path: Path, file_url: str, line: str) -> None:
    folder = a_part(tmp_path, "git@git.acme.example:x.git", f'file_url = "{file_url}"')
    published = content_of(catalog(folder))["published"]
    line = line.replace("C0", published["commit"])
    assert published["line"] == line
    page, _, fragment = line.partition("#")
    assert published["file"] == (page if fragment else line.replace("{line}", "1"))
    assert published["host"] == file_url.split("/")[2]
    assert published["web"] is None


@pytest.mark.parametrize(
    ("host", "name", "line"),
    [
        ("github.com", "GitHub", "/blob/C0/a%20part/{path}#L{line}"),
        ("gitlab.acme.example", "GitLab", "/-/blob/C0/a%20part/{path}#L{line}"),
        ("bitbucket.org", "Bitbucket", "/src/C0/a%20part/{path}#lines-{line}"),
        ("codeberg.org", "Codeberg", "/src/commit/C0/a%20part/{path}#L{line}"),
        ("gitea.example", "Gitea", "/src/commit/C0/a%20part/{path}#L{line}"),
    ],
)
def test_some_hosts_are_known_by_their_names(
    tmp_path: Path, host: str, name: str, line: str
) -> None:
    folder = a_part(tmp_path, f"https://me:hunter2@{host}/acme/shop.git")
    published = content_of(catalog(folder))["published"]
    web = f"https://{host}/acme/shop"
    assert (published["host"], published["web"]) == (name, web)
    assert published["line"] == web + line.replace("C0", published["commit"])
    assert published["file"] == published["line"].partition("#")[0]


def test_of_a_host_that_nobody_knows_no_page_is_guessed(tmp_path: Path) -> None:
    published = content_of(catalog(a_part(tmp_path, "git@git.acme.example:shop.git")))["published"]
    assert [published[name] for name in ("host", "web", "file", "line")] == [None] * 4


def test_places_are_links_to_where_the_owner_says(visitor: Visitor, tmp_path: Path) -> None:
    folder = a_part(tmp_path, "git@git.acme.example:x.git", f'file_url = "{OURS}"')
    folder.asset("raw/50%", "key: raw/half\nowner: me\n")
    page = catalog(folder)
    begin = OURS.partition("{path}")[0].replace("{commit}", content_of(page)["published"]["commit"])
    visitor.visit(page, "#/asset/raw/half")
    links = set(visitor("attributes", "main a", "href"))
    manifest = f"{begin}a%20part/defs/raw/50%25.yaml"
    assert {manifest, f"{manifest}#L1", f"{manifest}#L2"} & links == {
        f"{manifest}#L1",
        f"{manifest}#L2",
    }
    assert f"{begin}a%20part/defs/raw/50%25.py" in links
    assert visitor("text", ".source-bar > a") == "View on git.acme.example:3000"


@pytest.mark.parametrize(
    "value",
    [
        "1", '"x"', '"https://git.example/shop"', '"git.example/{path}"', '"https:///{path}"',
        '"ssh://git.example/{path}"', '"javascript:alert(1)//{path}"', '"https://x/{path}/{file}"',
        '"https://me:secret@git.example/{path}"', '"https://git.example/a b/{path}"',
        "'https://git.example/\"{path}'", '"https://{path}/x"', '["https://git.example/{path}"]',
    ],
)  # fmt: skip
def test_what_is_no_page_of_files_is_refused_with_one(tmp_path: Path, value: str) -> None:
    folder = a_part(tmp_path, "../x.git", f"file_url = {value}")
    answer = call("catalog", cwd=folder.root)
    assert answer.code == 2
    told = answer.err.decode()
    assert "pyproject.toml: `catalog.file_url` must be the address of a file's page" in told
    assert "`https://git.example/shop/src/commit/{commit}/{path}#L{line}`" in told


@pytest.mark.parametrize(
    ("remote", "web"),
    [
        ("https://github.com/acme/shop.git", "https://github.com/acme/shop"),
        ("https://me:hunter2@github.com/acme/shop", "https://github.com/acme/shop"),
        ("git@github.com:acme/shop.git", "https://github.com/acme/shop"),
        ("ssh://git@gitlab.example:2222/a/b/shop.git", "https://gitlab.example/a/b/shop"),
        ("../shop.git", None),
        ("/srv/git/shop.git", None),
        ("file:///srv/git.d/shop.git", None),
        ("javascript:alert(1)", None),
        ("", None),
    ],
)
def test_the_page_of_a_remote_has_no_password(remote: str, web: str | None) -> None:
    assert web_of(remote) == web

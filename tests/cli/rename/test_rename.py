"""`rename`: an asset, a script or a group, and all that names it."""

import pytest

from tests.cli.rename.projects import filled, keys, refusal, rename, text, tree
from tests.support.command import run
from tests.support.folder import Folder

ALL = {
    *("raw/orders", "raw/events", "marts/total", "marts/parts", "custom/key"),
    *("reports/week", "reports/month"),
}


def test_an_asset_is_renamed_with_its_files_and_all_that_depends_on_it(folder: Folder) -> None:
    filled(folder)
    output = rename(folder, "raw/orders", "raw/purchases", "--yes")
    assert keys(folder) == ALL - {"raw/orders"} | {"raw/purchases"}
    assert "moved   defs/raw/orders.yaml to defs/raw/purchases.yaml\n" in output
    assert (
        text(folder, "defs/raw/purchases.yaml")
        == "# the source\nowners: [team:raw]   # since May\n"
    )
    assert text(folder, "defs/raw/purchases.py") == 'a = "raw/purchases"\n'
    assert text(folder, "defs/_lib/shared.py") == "b = 'raw/purchases'  # \"raw/orders\"\n"


def test_an_ending_is_that_of_the_script(folder: Folder) -> None:
    filled(folder)
    rename(folder, "raw/orders", "raw/purchases.py", "--yes")
    assert keys(folder) == ALL - {"raw/orders"} | {"raw/purchases"}
    assert {"defs/raw/purchases.yaml", "defs/raw/purchases.py"} <= tree(folder.root).keys()


def test_what_stands_around_a_word_stays(folder: Folder) -> None:
    filled(folder)
    before = text(folder, "defs/marts/daily.yaml")
    rename(folder, "raw/orders", "raw/purchases")
    assert text(folder, "defs/marts/daily.yaml") == before.replace("raw/orders", "raw/purchases")
    rename(folder, "raw/events", "raw/clicks")
    assert "'raw/clicks' ]" in text(folder, "defs/marts/daily.yaml")


def test_one_of_several_assets_is_renamed_in_its_manifest(folder: Folder) -> None:
    filled(folder)
    rename(folder, "marts/total", "marts/sum", "--yes")
    assert keys(folder) == ALL - {"marts/total"} | {"marts/sum"}
    after = text(folder, "defs/marts/daily.yaml")
    assert "  sum:   # all of them\n" in after
    assert 'parts: {deps: ["marts/sum"]}' in after
    assert "rows: {asset: sum}" in after
    assert text(folder, "defs/marts/daily.py") == 'report("marts/sum")\n'


def test_a_key_is_renamed_where_it_is_written(folder: Folder) -> None:
    filled(folder)
    rename(folder, "custom/key", "other/long/key")
    assert "keyed: {key: other/long/key}" in text(folder, "defs/marts/daily.yaml")
    assert "deps: [other/long/key]" in text(folder, "defs/reports/week.yaml")
    assert "other/long/key" in keys(folder)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("marts/daily", "marts/nightly"),
        ("defs/marts/daily.yaml", "defs/marts/nightly.yaml"),
        ("marts/daily.py", "marts/nightly"),
    ],
)
def test_a_script_is_renamed_with_its_manifest(folder: Folder, old: str, new: str) -> None:
    filled(folder)
    rename(folder, old, new)
    assert keys(folder) == ALL
    assert {"defs/marts/nightly.yaml", "defs/marts/nightly.py"} <= tree(folder.root).keys()
    assert "script: ../marts/nightly.py\n" in text(folder, "defs/reports/month.yaml")


def test_a_script_may_change_its_group(folder: Folder) -> None:
    filled(folder)
    rename(folder, "marts/daily", "gold/deep/daily")
    assert keys(folder) == ALL - {"marts/total", "marts/parts"} | {"gold/total", "gold/parts"}
    assert "script: ../gold/deep/daily.py\n" in text(folder, "defs/reports/month.yaml")


@pytest.mark.parametrize("new", ["lib/fetch.py", "lib/fetch"])
def test_a_script_that_manifests_name_is_renamed_alone(folder: Folder, new: str) -> None:
    filled(folder)
    rename(folder, "lib/load.py", new)
    assert keys(folder) == ALL
    assert "script: ../../lib/fetch.py\n" in text(folder, "defs/reports/week.yaml")


def test_a_group_is_renamed_with_its_folder(folder: Folder) -> None:
    filled(folder)
    folder.write("defs/marts/notes.txt", "mine")
    rename(folder, "marts", "gold", "--yes")
    assert keys(folder) == ALL - {"marts/total", "marts/parts"} | {"gold/total", "gold/parts"}
    assert text(folder, "defs/gold/notes.txt") == "mine"
    assert text(folder, "defs/gold/daily.py") == 'report("gold/total")\n'
    assert "script: ../gold/daily.py\n" in text(folder, "defs/reports/month.yaml")


def test_only_the_case_may_change(folder: Folder) -> None:
    filled(folder)
    rename(folder, "raw/orders", "raw/Orders")
    rename(folder, "marts", "Marts")
    assert {"raw/Orders", "Marts/total"} <= keys(folder)


def test_the_keys_of_editors_follow(folder: Folder) -> None:
    filled(folder)
    assert run("editor", cwd=folder.root).returncode == 0
    rename(folder, "raw/orders", "raw/purchases")
    assert '"raw/purchases"' in text(folder, "schemas/asset-keys.json")
    assert '"raw/orders"' not in text(folder, "schemas/asset-keys.json")


def test_a_bom_and_line_ends_stay(folder: Folder) -> None:
    folder.asset("raw/orders")
    (folder.root / "defs/raw/sums.py").touch()
    path = folder.root / "defs/raw/sums.yaml"
    path.write_bytes(b"\xef\xbb\xbf# sums\r\ndeps:\r\n- raw/orders\r\n")
    rename(folder, "raw/orders", "raw/o")
    assert path.read_bytes() == b"\xef\xbb\xbf# sums\r\ndeps:\r\n- raw/o\r\n"


def test_text_in_scripts_is_shown_and_left_where_nobody_can_be_asked(folder: Folder) -> None:
    filled(folder)
    output = rename(folder, "raw/orders", "raw/purchases")
    assert '  defs/raw/orders.py:1: a = "raw/orders"\n' in output
    assert "they are left as they are: --yes changes them, too" in output
    assert text(folder, "defs/raw/purchases.py") == 'a = "raw/orders"\n'


def test_what_is_not_a_dependency_is_left_and_told(folder: Folder) -> None:
    folder.asset("raw/orders")
    folder.asset("raw/sums", "deps: [raw/orders]\nextras:\n  source: raw/orders\n")
    folder.write("definitions.py", 'KEYS = ["raw/orders"]\n')
    output = rename(folder, "raw/orders", "raw/o", "--yes")
    assert "defs/raw/sums.yaml:3 has an old key as text, and is left as it is" in output
    assert "definitions.py:1 has an old key as text, and is left as it is" in output
    assert "source: raw/orders" in text(folder, "defs/raw/sums.yaml")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("raw/order", "raw/x"), "is called `raw/order`; one with a similar"),
        (("raws", "x"), "one with a similar name exists: `raw`"),
        (("raw/orders", "x", "--as", "group"), "no group is called `raw/orders`"),
        (("raw/orders", "raw/orders"), "`raw/orders` is already its name"),
        (("raw/orders", "raw/events"), "an asset `raw/events`, made by defs/raw/events.yaml"),
        (("raw/orders", "orders"), "`orders` is not `group/asset`"),
        (("raw/orders", "raw/_orders"), "`raw/_orders` is not `group/asset`"),
        (("raw/orders", "raw/defs"), "an asset cannot be called `defs`"),
        (("raw/orders", "../x/y"), "`../x/y` is not `group/asset`"),
        (("marts/total", "raw/total"), "whose group is `marts`: rename the script, or give"),
        (("marts/total", "marts/keyed"), "daily.yaml already has an asset `keyed`"),
        (("custom/key", "raw/orders"), "there already is an asset `raw/orders`"),
        (("custom/key", "a//b"), "would have a new finding: `a//b` is not an asset key"),
        (("raw", "marts"), "there already is a group `marts`"),
        (("raw", "a-b"), "`a-b` is not a group"),
        (("marts/daily", "daily"), "`daily` is not `group/asset`"),
        (("marts/daily", "marts/_x/daily"), "cannot be the name of a script"),
        (("lib/load.py", "../load.py"), "is not a path in the project"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(
    folder: Folder, arguments: tuple[str, ...], message: str
) -> None:
    assert message in refusal(filled(folder), *arguments)


def test_a_file_is_never_overwritten(folder: Folder) -> None:
    filled(folder)
    folder.write("defs/raw/purchases.py", "mine")
    assert "defs/raw/purchases.py already exists" in refusal(folder, "raw/orders", "raw/purchases")
    folder.write("defs/empty/notes.txt")
    assert "defs/empty already exists" in refusal(folder, "raw", "empty")


def test_a_name_of_several_things_must_be_made_clear(folder: Folder) -> None:
    folder.asset("marts/daily", "assets: {daily: {}, other: {deps: [marts/daily]}}\n")
    message = refusal(folder, "marts/daily", "marts/nightly")
    assert (
        "is the name of an asset and a script: say which with --as asset or --as script" in message
    )
    rename(folder, "marts/daily", "marts/nightly", "--as", "asset")
    assert keys(folder) == {"marts/nightly", "marts/other"}


def test_what_python_makes_is_for_its_owner_to_rename(folder: Folder) -> None:
    folder.write(
        "definitions.py",
        """\
        from pipes_projects import PipesProject

        class Project(PipesProject):
            @classmethod
            def asset_keys(cls):
                return ["python/forecast"]

        defs = Project.make_defs()
        """,
    )
    folder.asset("raw/orders", "deps: [python/forecast]\n")
    assert run("schema", folder.root).returncode == 0
    message = refusal(folder, "python/forecast", "python/outlook")
    assert "is made by Python definitions: its owner renames it there" in message
    message = refusal(folder, "raw/orders", "python/forecast")
    assert "there already is an asset `python/forecast`, made by Python definitions" in message


def test_what_would_be_inherited_otherwise_is_refused(folder: Folder) -> None:
    filled(folder)
    folder.write("defs/raw/_defaults.yaml", "tags: {tier: bronze}\n")
    message = refusal(folder, "raw/orders", "marts/orders")
    assert "`tags` in defs/raw/orders.yaml would change" in message


def test_a_path_that_depends_on_the_folder_is_refused(folder: Folder) -> None:
    folder.asset("raw/orders", "subprocess: {cwd: .}\n")
    folder.asset("marts/all")
    assert "`subprocess` in defs/raw/orders.yaml would" in refusal(folder, "raw/orders", "marts/o")
    rename(folder, "raw", "landing")
    assert keys(folder) == {"landing/orders", "marts/all"}


def test_code_is_found_where_it_was(folder: Folder) -> None:
    folder.write("defs/marts/sql/total.sql", "select 1")
    folder.write("defs/raw/sql/other.sql", "select 2")
    folder.write("defs/marts/lines.yaml", "code_paths: [sql/]\n")
    folder.write("defs/marts/lines.py", "print(1)\n")
    rename(folder, "marts/lines", "raw/lines", "--yes")
    assert text(folder, "defs/raw/lines.yaml") == "code_paths: [../marts/sql/]\n"
    folder.write("defs/marts/other.yaml", "code_paths: [../raw/sql/other.sql, sql/*.sql]\n")
    folder.write("defs/marts/other.py", "print(1)\n")
    rename(folder, "raw", "staging", "--yes")
    assert text(folder, "defs/marts/other.yaml") == (
        "code_paths: [../staging/sql/other.sql, sql/*.sql]\n"
    )


def test_a_manifest_that_cannot_be_read_may_name_it(folder: Folder) -> None:
    filled(folder)
    folder.write("defs/raw/broken.yaml", "deps: [raw/orders\n")
    message = refusal(folder, "raw/orders", "raw/o")
    assert "defs/raw/broken.yaml:1:7" in message
    assert "the file may name `raw/orders`" in message


def test_other_findings_do_not_stand_in_the_way(folder: Folder) -> None:
    filled(folder)
    folder.asset("raw/wrong", "depz: []\ndeps: raw/orders\n")
    rename(folder, "raw/orders", "raw/o")
    assert "deps: raw/o\n" in text(folder, "defs/raw/wrong.yaml")


@pytest.mark.parametrize(
    "deps",
    [
        "[&a raw/orders]\nextras: {a: *a}",
        "&a [raw/orders]\nextras: {a: *a}",
        "[>-\n raw/orders\n ]",
    ],
)
def test_what_stands_for_several_things_is_not_replaced(folder: Folder, deps: str) -> None:
    folder.asset("raw/orders")
    folder.write("defs/raw/sums.py")
    (folder.root / "defs/raw/sums.yaml").write_text(f"deps: {deps}\n")
    if folder.compile().diagnostics:
        return
    assert "cannot be replaced in place" in refusal(folder, "raw/orders", "raw/o")

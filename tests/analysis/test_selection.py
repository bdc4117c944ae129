"""What is not Dagster's: paths, names without attributes, and why nothing is selected."""

import pytest

from pipes_projects.analysis.selection import Selection, select
from pipes_projects.analysis.selection.grammar import DEEPEST
from pipes_projects.manifest.contract import Contract, Kind
from pipes_projects.project import Project
from pipes_projects.project_folder import compile_project
from tests.support.command import run
from tests.support.folder import Folder


@pytest.fixture
def project(folder: Folder) -> Project:
    folder.write("defs/raw/source.yaml", "kind: external\nowners: [team:source]\n")
    folder.asset("raw/orders", "deps: [raw/source]\nowners: [team:sales]\ntags: {tier: gold}\n")
    folder.write("defs/marts/all.sh", "true\n")
    folder.write(
        "defs/marts/all.yaml",
        "kinds: [bash]\nassets:\n  days: {deps: [raw/orders]}\n  weeks: {deps: [raw/orders]}\n",
    )
    return compile_project(folder.root).project


def problem(selection: Selection) -> tuple[str, str]:
    assert selection.keys == ()
    ((message, help_, _),) = selection.problems
    return message, help_


MARTS = ("marts/days", "marts/weeks")


@pytest.mark.parametrize(
    "text",
    ["defs/marts/all.sh", "defs/marts/all.yaml", "./defs\\marts\\all.sh", " defs/marts/all.sh "],
)
def test_a_path_selects_all_assets_of_its_script(project: Project, text: str) -> None:
    assert select(project, text).keys == MARTS


@pytest.mark.parametrize(
    ("text", "here"),
    [
        ("all.sh", "/srv/shop/defs/marts"),
        ("../marts/all.yaml", "/srv/shop/defs/raw"),
        ("shop/defs/marts/all.sh", "/srv"),
        ("defs/marts/all.sh", "/srv/shop/defs/raw"),
        ("/srv/shop/defs/marts/all.sh", "/elsewhere"),
        ("..\\marts\\all.sh", "/srv/shop/defs/raw"),
    ],
)
def test_paths_are_seen_from_the_current_folder_or_from_the_project(
    project: Project, text: str, here: str
) -> None:
    assert select(project, text, here, "/srv/shop").keys == MARTS


def test_paths_of_windows_have_a_drive(project: Project) -> None:
    root, text = "C:\\shop", "C:\\shop\\defs\\marts\\all.sh"
    assert select(project, text, "C:\\", root).keys == MARTS
    assert select(project, "marts\\all.sh", "C:\\shop\\defs", root).keys == MARTS


DAYS, WEEKS, ORDERS = 'key:"marts/days"', 'key:"marts/weeks"', 'key:"raw/orders"'


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("defs/raw/orders.py+", f"{ORDERS}+"),
        (" 2+./defs\\raw\\orders.yaml+1", f"2+{ORDERS}+1"),
        ("/srv/shop/defs/raw/orders.py+", f"{ORDERS}+"),
        ("defs/marts/all.sh+", f"({DAYS} or {WEEKS})+"),
        ("not defs/raw/orders.py", f"not {ORDERS}"),
        ("sinks(all.sh)", f"sinks(({DAYS} or {WEEKS}))"),
        ('group:"raw" and defs/raw/orders.py', f'group:"raw" and {ORDERS}'),
        ("defs/raw/orders.py all.sh", f"{ORDERS} or {DAYS} or {WEEKS}"),
        ("defs/raw/orders.py,all.sh", f"{ORDERS} or {DAYS} or {WEEKS}"),
    ],
)
def test_a_path_in_an_expression_is_told_the_keys_that_it_stands_for(
    project: Project, text: str, right: str
) -> None:
    here, root = "/srv/shop/defs/marts", "/srv/shop"
    message, help_ = problem(select(project, text, here, root))
    assert message.endswith("is a path, which takes no operators")
    assert help_ == f"write `{right}`"
    assert select(project, right).keys


@pytest.mark.parametrize(
    "text",
    [
        *("C:\\shop\\defs\\x.py", "C:/shop/defs/x.py", "C:\\my shop\\x.py", "C:\\shop\\defs\\raw"),
        *("\\\\server\\shop\\x.py", "/else where/x.py", "/elsewhere/raw", "~/x.py"),
    ],
)
@pytest.mark.parametrize("after", ["", "+"])
def test_a_path_out_of_the_project_is_a_path(project: Project, text: str, after: str) -> None:
    assert problem(select(project, text + after, "/srv", "/srv/shop")) == (
        f"`{text}` is neither a script nor a manifest of the project",
        "the project is in `/srv/shop`",
    )


ALONE = (
    *("defs/raw/alone.py", "defs/raw/_alone.py", "defs/alone.py", "defs/raw/source.py"),
    "defs/raw/_old/deep/alone.py",
)


@pytest.mark.parametrize(("text", "here", "path", "help_"), [
    ("defs/raw/alone.py", "/srv/shop", "defs/raw/alone.py",
     "an empty `defs/raw/alone.yaml` beside it makes it an asset"),
    ("alone.py+", "/srv/shop/defs/raw", "defs/raw/alone.py",
     "an empty `defs/raw/alone.yaml` beside it makes it an asset"),
    ("defs/raw/_alone.py", "/srv/shop", "defs/raw/_alone.py",
     "scripts are in the folders of `defs/`, and their names do not begin with `_`"),
    ("defs/raw/_old/deep/alone.py", "/srv/shop", "defs/raw/_old/deep/alone.py",
     "the folder `_old` is not read, as its name begins with `_`"),
    ("../alone.py", "/srv/shop/defs/raw", "defs/alone.py",
     "scripts are in the folders of `defs/`, and their names do not begin with `_`"),
    ("defs/raw/source.py", "/srv/shop", "defs/raw/source.py",
     "the manifest of its name, `defs/raw/source.yaml`, runs another file, or none"),
])  # fmt: skip
def test_the_path_of_a_script_that_no_manifest_runs_is_told_what_is_missing(
    folder: Folder, project: Project, text: str, here: str, path: str, help_: str
) -> None:
    del project  # only its files count
    for alone in ALONE:
        folder.write(alone)
    found = select(compile_project(folder.root).project, text, here, "/srv/shop")
    assert problem(found) == (f"no manifest runs `{path}`", help_)


@pytest.mark.parametrize("text", ["C:x.py", "not defs/x.py", "defs/x.py+"])
def test_a_path_of_no_file_is_a_path(project: Project, text: str) -> None:
    message, _ = problem(select(project, text, "/srv", "/srv/shop"))
    assert message.endswith("x.py` is neither a script nor a manifest of the project")


@pytest.mark.parametrize("text", ["./defs/raw+", "/srv/shop/defs/raw+", "../shop/defs/raw+"])
def test_a_folder_is_told_its_group_wherever_its_path_starts(project: Project, text: str) -> None:
    _, help_ = problem(select(project, text, "/srv/shop", "/srv/shop"))
    assert help_ == 'write `group:"raw"+`'


@pytest.mark.parametrize(
    ("text", "message", "help_"),
    [
        ("marts/days", "`marts/days` is a name without an attribute", 'write `key:"marts/days"`'),
        ("2+days+1", "`days` is a name without an attribute", 'write `2+key:"marts/days"+1`'),
        ("marts", "`marts` is a name without an attribute", 'write `group:"marts"`'),
        ("defs/marts/", "`defs/marts/` is a name without an attribute", 'write `group:"marts"`'),
        ("defs", "`defs` is a name without an attribute", "write `*`"),
        ("raw/order", "`raw/order` is a name without an attribute",
         'write `key:"raw/order"`; an asset with a similar name exists: `raw/orders`'),
        ("defs/marts/al.sh", "`defs/marts/al.sh` is neither a script nor a manifest of the project",
         "a file with a similar name exists: `defs/marts/all.sh`"),
        ("key:raw/order+", "no asset is called `raw/order`",
         "an asset with a similar name exists: `raw/orders`"),
        ('not key:"raw/order"', "no asset is called `raw/order`",
         "an asset with a similar name exists: `raw/orders`"),
        ("group:mart", "no asset is in the group `mart`",
         "a group with a similar name exists: `marts`"),
        ('owner:"team:sale"', "no asset has the owner `team:sale`",
         "an owner with a similar name exists: `team:sales`"),
        ("tag:tiers=gold", "no asset has the tag `tiers`",
         "a tag with a similar name exists: `tier`"),
        ("tag:tier=silver", "no asset has the tag `tier` with the value `silver`",
         "the only value is `gold`"),
        ("tag:tier", "`tag:tier` is that tag without a value, which no asset has",
         "write `tag:tier=gold`; the only value is `gold`"),
        ("kind:subprocess", "no asset has the kind `subprocess`",
         "kinds are badges here, from `kinds:`; the only kind is `bash`"),
        ("partitions:time", "no asset has partitions of the type `time`",
         "types are `none`, `time`, `static`, `dynamic` or `multipartitions`"),
        ("group:raw and group:marts", "`group:raw and group:marts` selects no assets",
         "each part selects some assets, but no asset is in all of them"),
        ("+is:external", "`+is:external` selects no assets",
         "`*`, `not` and `+` leave out assets that nothing here runs (`is:external`)"),
        ("group:raw and not group:missing and kind:bash",
         "`group:raw and not group:missing and kind:bash` selects no assets",
         "each part selects some assets, but no asset is in all of them"),
        ("status:MISSING", "`status` is known only to Dagster, not to manifests",
         "the attributes are `key`, `owner`, `group`, `tag`, `kind`, `is`, `partitions`"),
        ("grop:raw", "`grop` is not an attribute", "there is `group`"),
        ("(group:raw", "a parenthesis is not closed", "write `)` at the end of it"),
        ("group:raw group:marts", "`group` is not expected here",
         "write `and` or `or` between two parts"),
        ("  ", "this selects nothing", "`*` is all assets that Dagster runs"),
        ("key:a.b", "`a.b` needs quotes",
         'write `key:"a.b"`, and all of it in single quotes for the shell'),
        ("key:'raw/a' or *", "`'raw/a'` needs double quotes",
         'write `key:"raw/a"`, and all of it in single quotes for the shell'),
        ("group:“raw”", "`“raw”` needs double quotes",
         'write `group:"raw"`, and all of it in single quotes for the shell'),
        ("tag:tier=a-b or *", "`a-b` needs quotes",
         'write `tag:tier="a-b"`, and all of it in single quotes for the shell'),
    ],
)  # fmt: skip
def test_what_selects_nothing_says_why(
    project: Project, text: str, message: str, help_: str
) -> None:
    assert problem(select(project, text)) == (message, help_)


def test_problems_say_where_in_the_text_they_are(project: Project) -> None:
    found = select(project, "key:raw/orders or key:raw/x or not key:raw/y").problems
    assert [fault.offset for fault in found] == [18, 35]


def test_nesting_ends_before_the_stack_does(project: Project) -> None:
    inner = "(" * DEEPEST + "*" + ")" * DEEPEST
    assert len(select(project, inner).keys) == 3
    assert problem(select(project, f"({inner})"))[0] == "this is nested too deeply"
    assert problem(select(project, "not " * 5_000 + "*"))[0] == "this is nested too deeply"


def test_any_number_of_layers_and_parts_can_be_asked_for(project: Project) -> None:
    assert len(select(project, f"{'9' * 5_000}+key:marts/days").keys) == 2
    assert len(select(project, " or ".join(["group:marts"] * 5_000)).keys) == 2


def test_assets_of_python_definitions_are_seen_and_left_out(folder: Folder) -> None:
    folder.asset("g/one", "deps: [py/made]\n")
    contract = Contract({"subprocess": Kind("subprocess")}, frozenset({"py/made"}))
    project = compile_project(folder.root, contract).project
    assert select(project, "key:py/made+").keys == ("g/one",)
    assert problem(select(project, "key:py/made")) == (
        "`py/made` is made by Python definitions, which only Dagster runs",
        'what is made from it is `key:"py/made"+`',
    )


@pytest.mark.usefixtures("project")
def test_list_shows_what_is_selected(folder: Folder) -> None:
    def shown(selection: str, here: str = ".") -> list[str]:
        done = run("list", "--select", selection, cwd=folder.root / here)
        return [line.split()[0] for line in done.stdout.splitlines()[1:]]

    assert shown("key:marts/days or group:raw and not is:external") == ["marts/days", "raw/orders"]
    assert shown("all.sh", "defs/marts") == list(MARTS)
    done = run("list", folder.root, "--select", "key:marts/dais")
    assert done.returncode == 2
    assert "no asset is called `marts/dais`; an asset with a similar name exists" in done.stderr

"""What an owner writes in `deploy.py`, and what is said of mistakes in it."""

import sys
from pathlib import Path

import pytest

from pipes_projects.deploy import DeployError, deployer, ship_to
from pipes_projects.deploy.owner.deployer import Deployer
from pipes_projects.deploy.owner.loading import deployer_called, deployers_of
from pipes_projects.deploy.owner.location import checked_location
from pipes_projects.layout import LayoutError, find_layout
from tests.support.folder import Folder

IMPORTS = "from pipes_projects.deploy import deployer, ship_to\n"


def read(folder: Folder, text: str) -> dict[str, Deployer]:
    folder.write("deploy.py", IMPORTS + text)
    return deployers_of(folder.root, find_layout(folder.root))


def test_functions_become_deployers(folder: Folder) -> None:
    text = """
@deployer("dev", at="s3://company/dev", ttl="14d", options={"key": "x"})
def up(context):
    pass

@up.down
def down(context):
    pass

@deployer("prod", at="s3://company/prod")
def up(context):
    pass

ship_to("shipped", name="local")
"""
    found = read(folder, text)
    assert list(found) == ["dev", "prod", "local"]
    assert (found["dev"].ttl, found["dev"].at) == (14 * 86_400, "s3://company/dev")
    assert found["dev"].tear_down is not None
    assert found["prod"].tear_down is None
    assert "x" not in repr(found["dev"])


def test_a_ready_made_one_is_called_like_its_variable(folder: Folder) -> None:
    text = "dev = ship_to('a')\nsame = dev\nprod = ship_to('b', name='live')\nship_to('c')\n"
    assert list(read(folder, text)) == ["dev", "live", "default"]


def test_the_file_may_be_elsewhere_and_import_beside_it(folder: Folder) -> None:
    folder.write("pyproject.toml", '[tool.pipes-projects.deploy]\nfile = "ops/shipping.py"\n')
    folder.write("ops/places.py", "DEV = 'shipped'\n")
    folder.write("ops/shipping.py", f"{IMPORTS}import places\n\nship_to(places.DEV)\n")
    assert list(deployers_of(folder.root, find_layout(folder.root))) == ["default"]
    sys.modules.pop("places", None)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("deploy = 1", "`deploy` must be a table"),
        ("deploy.files = 'x'", "`deploy.files` is not a setting here; the settings are `deploy.f"),
        ("deploy.file = '../x.py'", "`deploy.file` must be a path below this folder"),
        ("deploy.production = ''", "`deploy.production` must be a branch"),
    ],
)
def test_settings_are_checked(folder: Folder, settings: str, message: str) -> None:
    folder.write("pyproject.toml", f"[tool.pipes-projects]\n{settings}\n")
    with pytest.raises(LayoutError) as raised:
        find_layout(folder.root)
    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("def up(:\n", "deploy.py:2 cannot be read: SyntaxError: "),
        ("\n1 / 0\n", "deploy.py:3 cannot be read: ZeroDivisionError: division by zero"),
        ("import sys\nsys.exit(3)\n", "deploy.py:3 cannot be read: SystemExit: 3"),
        ("import nothing_of_that_name\n", "deploy.py:2 cannot be read: ModuleNotFoundError: No mo"),
        ("ship_to('a')\nship_to('b')\n", "deploy.py has two deployers called `default`"),
        (
            "ship_to('a', name='x')\nship_to('./a/', name='y')\n",
            "`x` and `y` of deploy.py have the",
        ),
        ("ship_to('a', ttl='soon')\n", "deploy.py:2: 'soon' is not a time"),
        ("ship_to('a', name='a b')\n", "deploy.py:2: 'a b' cannot be a deployment's name"),
        ("\nship_to(None)\n", "deploy.py:3: `at` of `default` must be a folder or a URL"),
        ("", "deploy.py has no deployer"),
    ],
)
def test_mistakes_are_told_with_their_line(folder: Folder, text: str, message: str) -> None:
    with pytest.raises(DeployError) as raised:
        read(folder, text)
    assert str(raised.value).startswith(message)
    assert raised.value.help


def test_without_a_file_is_said_how_to_write_one(folder: Folder) -> None:
    with pytest.raises(DeployError, match=r"there is no deploy.py") as raised:
        deployers_of(folder.root, find_layout(folder.root))
    assert "ship_to" in str(raised.value.help)


def test_a_file_outside_the_project_is_not_run(folder: Folder, tmp_path: Path) -> None:
    (tmp_path / "other.py").write_text("raise AssertionError\n")
    (folder.root / "deploy.py").symlink_to(tmp_path / "other.py")
    with pytest.raises(DeployError, match="leads out of the project"):
        deployers_of(folder.root, find_layout(folder.root))


def test_python_leaves_nothing_beside_it(folder: Folder) -> None:
    folder.write("_place.py", "PLACE = 'shipped'\n")
    read(
        folder,
        "import _place\nfrom pipes_projects.deploy import ship_to\n\ndev = ship_to(_place.PLACE)\n",
    )
    assert not list(folder.root.rglob("__pycache__"))


def test_what_the_file_prints_is_none_of_our_output(
    folder: Folder, capfd: pytest.CaptureFixture[str]
) -> None:
    read(folder, "import os\nprint('hello')\nos.system('echo there')\nship_to('a')\n")
    out, err = capfd.readouterr()
    assert out == ""
    assert "hello" in err
    assert "there" in err


def test_a_deployment_is_found_by_name() -> None:
    one, two = (ship_to("a", name="dev"), ship_to("b", name="prod"))
    assert deployer_called(None, {"dev": one}) is one
    both = {"dev": one, "prod": two}
    assert deployer_called("prod", both) is two
    for name, message in ((None, "several deployments"), ("prd", "no deployment is called `prd`")):
        with pytest.raises(DeployError, match=message) as raised:
            deployer_called(name, both)
        assert "`prod`" in str(raised.value.help)


def test_down_decorates_a_function_of_any_name() -> None:
    @deployer("dev", at="x")
    def up(context: object) -> None:
        del context

    @up.down
    def remove(context: object) -> None:
        del context

    assert remove is up
    assert up.tear_down is not None


@pytest.mark.parametrize(
    "location", ["/Workspace/dev/orders.py", "s3://bucket/a%20b.py", "C:\\a", "sftp://user@host/x"]
)
def test_a_location_is_text(location: str) -> None:
    assert checked_location("a.py", location) == location


@pytest.mark.parametrize(
    "location",
    [
        None, 3, "", " ", "a\nb", "a\x1b[31m", "x" * 5000, "sftp://user:pw@host/x",
        "https://host/x?sig=abc", "s3://b/x?X-Amz-Signature=a", "https://host/?a=1&token=t",
    ],
)  # fmt: skip
def test_other_locations_are_refused_and_secrets_are_not_repeated(location: object) -> None:
    with pytest.raises(DeployError, match=r"the location of `a\.py`") as raised:
        checked_location("a.py", location)
    assert "pw" not in f"{raised.value} {raised.value.help}"

"""An owner's mistake is one finding, at the owner's class, however many assets it touches."""

import re

import pytest

from pipes_projects import InvalidProjectError
from pipes_projects.emitter.inspection.definitions_file import project_of
from pipes_projects.emitter.loading.build import Built, build
from pipes_projects.emitter.owner.hooks import OwnerError
from pipes_projects.emitter.project import beta_features_meant
from pipes_projects.layout import Layout
from tests.support.command import run
from tests.support.folder import Folder

MANY = 30
OWNERS = """\
import dagster as dg

from pipes_projects import PipesAssetManifest, PipesProject, PipesScript, PipesScriptManifest


class TeamAsset(PipesAssetManifest):
    @property
    def metadata(self):
        return {{"harmless": 1, **super().metadata}}

{asset}

class TeamManifest(PipesScriptManifest):
    @property
    def tags(self):
        return {{"harmless": "yes", **super().tags}}

{script}

class TeamScript(PipesScript):
    @classmethod
    def asset_manifest_class(cls):
        return TeamAsset

    @classmethod
    def script_manifest_class(cls):
        return TeamManifest


class TeamProject(PipesProject):
    @classmethod
    def script_kind_map(cls):
        return {{**super().script_kind_map(), "subprocess": TeamScript}}


defs = TeamProject.make_defs()
"""


def written(folder: Folder, name: str, answer: str, of: str = "asset") -> int:
    """Many assets, and an owner who overrides a property; the line of its `def`."""
    override = f"    @property\n    def {name}(self):\n        return {answer}\n"
    parts = {"asset": "", "script": "", of: override}
    text = OWNERS.format(**parts)
    folder.write("definitions.py", text)
    for number in range(MANY):
        folder.asset(f"g/a{number:02}", "extras: {own: true}\n" if number else "")
    return text.splitlines().index(f"    def {name}(self):") + 1


def loaded(folder: Folder, on_error: str = "raise") -> Built:
    """What `make_defs()` makes, or raises."""
    layout = Layout(folder.root)
    with project_of(layout) as project, beta_features_meant():
        return build(project._owner(), layout, {}, on_error)


def refusal(folder: Folder) -> InvalidProjectError:
    with pytest.raises(InvalidProjectError) as raised:
        loaded(folder)
    return raised.value


MISTAKES = [
    ("owners", '"team:data"', "asset"),
    ("owners", "[self.name]", "asset"),
    ("tags", "3", "asset"),
    ("asset_key", '""', "asset"),
    ("asset_key", '"one/key"', "asset"),
    ("deps", '"g/a01"', "asset"),
    ("deps", '["nothing/here"]', "asset"),
    ("column_schema", "{}", "asset"),
    ("check_specs", "[self.name]", "asset"),
    ("asset_spec", "None", "asset"),
    ("group_name", '"no group"', "script"),
    ("op_name", 'super().op_name + " !"', "script"),
    ("op_name", '"same"', "script"),
    ("op_tags", "3", "script"),
    ("schedule", '"@daily"', "script"),
    ("retry_policy", "3", "script"),
    ("timeout", '"2h"', "script"),
    ("grace", "0", "script"),
    ("inherit_env", '"PATH"', "script"),
    ("inherit_env", "[1]", "script"),
    ("secrets", '["PASSWORD"]', "script"),
    ("extras", "{1: 2}", "script"),
    ("code_paths", '"defs/g"', "script"),
    ("kinds", '"sql"', "asset"),
    ("code_references", '"defs/g/a01.py"', "asset"),
]


@pytest.mark.parametrize(("name", "answer", "of"), MISTAKES)
def test_one_mistake_of_an_owner_is_one_finding_at_the_class(
    folder: Folder, name: str, answer: str, of: str
) -> None:
    line = written(folder, name, answer, of)
    (finding,) = refusal(folder).diagnostics
    assert (finding.location.path, finding.location.span.start.line + 1) == ("definitions.py", line)
    cls = {"asset": "TeamAsset", "script": "TeamManifest"}[of]
    assert f"`{cls}.{name}` (definitions.py:{line})" in (finding.help or "")
    pairs = answer in ('"one/key"', '"same"')  # each is like the first
    noun = (
        "scripts" if finding.message.startswith(("Dagster refuses the step", "two")) else "assets"
    )
    assert finding.message.endswith(f" (and {MANY - 1 - pairs} more {noun})")
    assert finding.related[0].location.path.startswith("defs/g/a")


def test_in_quarantine_the_log_has_it_once_and_every_placeholder_has_its_own(
    folder: Folder, caplog: pytest.LogCaptureFixture
) -> None:
    line = written(folder, "owners", "[self.name]")
    built = loaded(folder, "quarantine")
    (record,) = caplog.records
    assert record.getMessage().startswith(f"{MANY} assets are in quarantine, because of an error\n")
    assert f" --> definitions.py:{line}:5" in record.getMessage()
    assert built.metadata["pipes_projects/errors"] == 1
    specs = {spec.key.path[1]: spec for asset in built.assets for spec in asset.specs}
    for name in ("a00", "a29"):
        assert f"Dagster refuses `g/{name}`" in specs[name].description


def test_what_an_owners_code_raises_for_all_is_said_once_in_quarantine(
    folder: Folder, caplog: pytest.LogCaptureFixture
) -> None:
    line = written(folder, "owners", "1 / 0")
    loaded(folder, "quarantine")
    assert caplog.text.count("`TeamAsset.owners` raised ZeroDivisionError") == 1
    assert f"--> definitions.py:{line}:5" in caplog.text


def test_explain_names_the_place_for_any_of_the_assets(folder: Folder) -> None:
    line = written(folder, "owners", "[self.name]")
    told = run("explain", "g/a07", "--definitions", cwd=folder.root)
    assert "Dagster refuses `g/a07`: Invalid owner 'a07'" in told.stderr
    assert f"`TeamAsset.owners` (definitions.py:{line})" in told.stderr


def test_two_mistakes_are_two_findings(folder: Folder) -> None:
    odd = '["nobody"] if self.name < "a10" else 3'
    written(folder, "owners", odd)
    messages = [finding.message for finding in refusal(folder).diagnostics]
    assert [message.rpartition(" (and ")[2] for message in messages] == [
        "9 more assets)",
        f"{MANY - 11} more assets)",
    ]


def test_the_finding_shows_the_line_of_the_property(folder: Folder) -> None:
    line = written(folder, "owners", '"team:data"')
    message = str(refusal(folder))
    assert f"{line} |     def owners(self):" in message
    assert message.startswith("the project has errors\n")


@pytest.mark.parametrize(
    ("hook", "written", "help_"),
    [
        *((hook, f"    def {hook}(cls):", "") for hook in ("pools", "default_status", "catalog")),
        ("secret", "    def secret(self, name):", ""),
        ("script_kind_map", "    def script_kind_map(self, more={}):", ""),
        ("pools", "    @property\n    def pools(self):", ", in place of `@property`"),
    ],
)
def test_a_hook_that_is_no_class_method_is_told_what_makes_it_one(
    hook: str, written: str, help_: str, folder: Folder
) -> None:
    folder.asset("g/a")
    owner = f"class Ours(PipesProject):\n{written}\n        return {{}}\n"
    made = "\n\ndefs = Ours.make_defs()\n"
    folder.write("definitions.py", f"from pipes_projects import PipesProject\n\n\n{owner}{made}")
    why = f"`Ours.{hook}()` is not a class method: write `@classmethod` above its `def`{help_}"
    with pytest.raises(OwnerError, match=f"^{re.escape(why)}$"):
        loaded(folder)
    assert why in run("explain", "g/a", "--definitions", cwd=folder.root).stderr


def test_a_hook_that_can_be_called_on_its_class_is_left_alone(folder: Folder) -> None:
    folder.asset("g/a", "pool: one\n")
    hooks = "    def pools():\n        return ['one']\n\n    @staticmethod\n    def secret(name):\n"
    owner = f"class Ours(PipesProject):\n{hooks}        return name\n"
    made = "\n\ndefs = Ours.make_defs()\n"
    folder.write("definitions.py", f"from pipes_projects import PipesProject\n\n\n{owner}{made}")
    assert len(loaded(folder).assets) == 1

"""The platform owner's classes: every value can be overridden, and no override is bypassed."""

import re
from pathlib import Path
from typing import Annotated, Any

import dagster as dg
import pytest
from pydantic import Field

from pipes_projects import (
    AssetFields,
    InvalidProjectError,
    Model,
    PipesAssetManifest,
    PipesProject,
    PipesScript,
    PipesScriptManifest,
    RelativePath,
    ScriptFields,
    Text,
)
from pipes_projects.diagnostics import Diagnostic
from pipes_projects.emitter.loading.build import attempt_at
from pipes_projects.emitter.project import beta_features_meant
from pipes_projects.layout import Layout
from pipes_projects.manifest.schedule import CronSchedule
from tests.support.dagster.running import materialize
from tests.support.folder import Folder
from tests.support.projects.owners import script_with, with_kinds


class HelloScriptManifest(PipesScriptManifest):
    @property
    def tags(self) -> dict[str, str]:
        return {"kind": "python", **super().tags}


class HelloAssetManifest(PipesAssetManifest):
    @property
    def owners(self) -> list[str]:
        owners_from_file = super().owners
        if not owners_from_file:
            return ["team:foobar"]
        return owners_from_file


HelloScript = script_with(HelloAssetManifest, HelloScriptManifest)


def project(script: type[PipesScript], **others: Any) -> type[PipesProject]:
    """A project whose `subprocess` scripts are of this class."""
    return with_kinds(subprocess=script, **others)


def with_asset(**properties: Any) -> type[PipesProject]:
    """A project whose asset manifests have these properties."""
    view = type("TeamAsset", (PipesAssetManifest,), properties)
    return project(script_with(asset=view))


def with_script(**properties: Any) -> type[PipesProject]:
    """A project whose script manifests have these properties."""
    view = type("TeamManifest", (PipesScriptManifest,), properties)
    return project(script_with(script=view))


def spec(defs: dg.Definitions, key: str) -> dg.AssetSpec:
    return next(
        asset_spec
        for asset_spec in defs.resolve_all_asset_specs()
        if asset_spec.key.to_user_string() == key
    )


def test_an_owners_default_is_replaced_and_a_kind_tag_merges(folder: Folder) -> None:
    folder.asset("group/plain", "tags: {tier: gold}\n")
    folder.asset("group/own", "owners: [team:own]\ntags: {kind: rust}\nkinds: [s3]\n")
    defs = folder.definitions(project(HelloScript))
    plain, own = spec(defs, "group/plain"), spec(defs, "group/own")
    assert (list(plain.owners), plain.kinds) == (["team:foobar"], {"python"})
    assert (list(own.owners), own.kinds) == (["team:own"], {"rust", "s3"})
    assert plain.tags["tier"] == "gold"
    assert "kind" not in plain.tags | own.tags


def test_script_tags_reach_assets_and_an_assets_own_win(folder: Folder) -> None:
    folder.asset(
        "group/two",
        """
        tags: {kind: dbt, tier: gold, area: sales}
        assets:
          one: {tags: {tier: null, area: hr}}
          other: {tags: null}
        """,
    )
    defs = folder.definitions(project(HelloScript))
    one, other = spec(defs, "group/one"), spec(defs, "group/other")
    assert {k: v for k, v in one.tags.items() if "/" not in k} == {"area": "hr"}
    assert {k: v for k, v in other.tags.items() if "/" not in k} == {}
    assert one.kinds == other.kinds == {"dbt"}


REPORT = """
    from dagster_pipes import open_dagster_pipes

    with open_dagster_pipes() as pipes:
        assert pipes.asset_keys == ["group/one", "group/two"], pipes.asset_keys
        for key in pipes.asset_keys:
            pipes.report_asset_materialization(asset_key=key)
"""


def test_a_changed_key_is_carried_into_dependencies_and_reports(
    folder: Folder, tmp_path: Path
) -> None:
    folder.asset("group/both", "assets: {one: {}, two: {deps: [group/one]}}\n", REPORT)
    folder.asset("group/below", "deps: [group/two]\n")

    def asset_key(self: PipesAssetManifest) -> dg.AssetKey:
        return dg.AssetKey(["warehouse", *super(type(self), self).asset_key.path])

    defs = folder.definitions(with_asset(asset_key=property(asset_key)))
    below = spec(defs, "warehouse/group/below")
    assert [dep.asset_key.to_user_string() for dep in below.deps] == ["warehouse/group/two"]
    outcome = materialize(defs, tmp_path / "home")
    assert outcome.made == {f"warehouse/group/{name}" for name in ("one", "two", "below")}


def test_a_key_that_asset_spec_changes_is_carried_too(folder: Folder, tmp_path: Path) -> None:
    folder.asset("group/above")
    folder.asset("group/below", "deps: [group/above]\n")

    def asset_spec(self: PipesAssetManifest) -> dg.AssetSpec:
        made = super(type(self), self).asset_spec
        return made.replace_attributes(key=dg.AssetKey(["x", made.key.path[-1]]))

    defs = folder.definitions(with_asset(asset_spec=property(asset_spec)))
    assert [dep.asset_key.path for dep in spec(defs, "x/below").deps] == [["x", "above"]]
    assert materialize(defs, tmp_path / "home").made == {"x/above", "x/below"}


def refused(folder: Folder, cls: type[PipesProject]) -> str:
    with pytest.raises(InvalidProjectError) as raised:
        folder.definitions(cls)
    return str(raised.value)


def test_keys_that_an_override_makes_equal_are_a_finding(folder: Folder) -> None:
    folder.asset("a/one")
    folder.asset("b/one")
    key = property(lambda self: dg.AssetKey([self.name]))
    message = refused(folder, with_asset(asset_key=key))
    assert "error[duplicate-asset]: `b/one` and `a/one` are both `one` in Dagster" in message
    assert "--> " + str(Path(__file__)) in message
    assert "::: defs/b/one.yaml:1:1" in message
    assert "`TeamAsset.asset_key`" in message


def test_a_dependency_that_an_override_makes_up_is_a_finding(folder: Folder) -> None:
    folder.asset("a/one")
    message = refused(folder, with_asset(deps=property(lambda _: ["a/two"])))
    assert "error[unknown-dependency]: `a/one` depends on `a/two`, which is not an asset" in message
    assert "`TeamAsset.deps`" in message


def test_a_cycle_that_an_override_closes_is_a_finding(folder: Folder) -> None:
    folder.asset("a/one")
    folder.asset("a/two", "deps: [a/one]\n")
    deps = property(lambda self: ["a/two"] if self.name == "one" else ["a/one"])
    message = refused(folder, with_asset(deps=deps))
    assert "error[dependency-cycle]" in message
    assert "`a/one` → `a/two` → `a/one`" in message


def test_what_dagster_refuses_is_a_finding_with_the_class_named(folder: Folder) -> None:
    folder.asset("a/one")
    message = refused(folder, with_asset(owners=property(lambda _: ["nobody"])))
    assert "error[invalid-value]: Dagster refuses `a/one`: Invalid owner 'nobody'" in message
    assert "`TeamAsset.owners`" in message


def test_who_depends_on_what_dagster_refuses_is_not_told_too(folder: Folder) -> None:
    folder.asset("a/one")
    folder.asset("a/two", "deps: [a/one]\n")
    owners = property(lambda self: ["nobody"] if self.name == "one" else [])
    assert "1 error (2 scripts, 2 assets)" in refused(folder, with_asset(owners=owners))


def test_an_exception_in_an_override_says_for_which_asset(folder: Folder) -> None:
    folder.asset("a/one")
    with pytest.raises(ZeroDivisionError) as raised:
        folder.definitions(with_asset(owners=property(lambda _: 1 / 0)))
    assert raised.value.__notes__ == ["in `TeamAsset.owners`, for defs/a/one.yaml:1:1"]


def test_two_steps_that_an_override_names_alike_are_a_finding(folder: Folder) -> None:
    folder.asset("a/one")
    folder.asset("a/two")
    message = refused(folder, with_script(op_name=property(lambda _: "same")))
    assert "two steps are called `same`" in message
    assert "`TeamManifest.op_name`" in message


def test_a_step_that_dagster_refuses_is_a_finding(folder: Folder) -> None:
    folder.asset("a/one")
    message = refused(folder, with_script(op_name=property(lambda _: "not a name")))
    assert "Dagster refuses the step of `a/one`" in message
    assert "`TeamManifest.op_name`" in message


def test_every_property_of_a_script_reaches_the_step(folder: Folder, tmp_path: Path) -> None:
    folder.asset(
        "group/one",
        script="""
        from dagster_pipes import open_dagster_pipes

        with open_dagster_pipes() as pipes:
            pipes.report_asset_materialization(metadata={"extra": pipes.get_extra("from")})
        """,
    )

    class Manifest(PipesScriptManifest):
        op_name = property(lambda _: "my_step")
        op_tags = property(lambda _: {"a": "b"})
        pool = property(lambda _: "mine")
        retry_policy = property(lambda _: dg.RetryPolicy(5))

        @property
        def extras(self) -> dict[str, Any]:
            return {**super().extras, "from": "owner"}

    class Script(PipesScript):
        @classmethod
        def script_manifest_class(cls) -> type:
            return Manifest

    defs = folder.definitions(project(Script))
    op = defs.resolve_implicit_global_asset_job_def().get_node_named("my_step").definition
    assert isinstance(op, dg.OpDefinition)
    assert (op.tags, op.pool, op.retry_policy) == ({"a": "b"}, "mine", dg.RetryPolicy(5))
    assert materialize(defs, tmp_path / "home").metadata["group/one"] == {"extra": "owner"}


class Cost(Model):
    center: str
    share: Annotated[float, Field(le=1)] = 1.0


class FancyAssetFields(AssetFields):
    cost: Cost | None = None
    """Who pays."""
    priority: int = 3


class FancyScriptFields(ScriptFields):
    region: str
    """Where it runs."""
    queries: RelativePath | None = None
    """Queries."""


class FancyOptions(Model):
    image: str
    flags: list[Text] | None = None
    config: RelativePath | None = None
    mounts: list[RelativePath] | None = None


class FancyScript(PipesScript):
    """Runs scripts in the fancy runtime."""

    @classmethod
    def options(cls) -> type[Model]:
        return FancyOptions

    @classmethod
    def asset_fields(cls) -> type[AssetFields]:
        return FancyAssetFields

    @classmethod
    def script_fields(cls) -> type[ScriptFields]:
        return FancyScriptFields

    def invoke(self, context: dg.AssetExecutionContext, runtime: Any, spare: Any = None) -> Any:
        asset = self.assets[0]
        seen = {
            "options": self.kind_options.model_dump(),
            "region": self.manifest.region,
            "queries": self.manifest.queries,
            "center": asset.cost.center,
            "priority": asset.priority,
            "spare": spare,
            "step": context.op_execution_context.op_handle.name,
        }
        return dg.MaterializeResult(metadata=runtime(seen))


Fancy = project(PipesScript, fancy=FancyScript)
FANCY = """
    kind: fancy
    region: eu
    cost: {center: research}
    fancy: {image: big, flags: [1.10], config: conf/a.toml}
"""


def test_added_fields_options_and_resources_reach_invoke(folder: Folder, tmp_path: Path) -> None:
    folder.write("defs/_defaults.yaml", "queries: queries\nfancy: {mounts: [../data, shared]}\n")
    folder.asset("group/one", FANCY)
    runtime = dg.ResourceDefinition.hardcoded_resource(lambda seen: {"seen": seen})
    defs = folder.definitions(Fancy, resources={"runtime": runtime})
    outcome = materialize(defs, tmp_path / "home")
    assert outcome.metadata["group/one"]["seen"] == {
        "options": {
            "image": "big",
            "flags": ["1.10"],
            "config": "defs/group/conf/a.toml",
            "mounts": ["data", "defs/shared"],
        },
        "queries": "defs/queries",
        "region": "eu",
        "center": "research",
        "priority": 3,
        "spare": None,
        "step": "group__one",
    }


def test_a_resource_with_a_default_is_given_when_there_is_one(
    folder: Folder, tmp_path: Path
) -> None:
    folder.asset("group/one", FANCY)
    made = dg.ResourceDefinition.hardcoded_resource
    resources = {"runtime": made(lambda seen: {"spare": seen["spare"]}), "spare": made("tyre")}
    outcome = materialize(folder.definitions(Fancy, resources=resources), tmp_path / "home")
    assert outcome.metadata["group/one"] == {"spare": "tyre"}


def test_added_fields_are_validated_and_belong_to_their_kind(folder: Folder) -> None:
    folder.asset("group/one", FANCY.replace("{center: research}", "{centre: research, share: 2}"))
    folder.asset("group/two", "cost: {center: x}\n")
    message = refused(folder, Fancy)
    assert "`centre` is not a key" in message
    assert "`share` must be at most 1" in message
    assert "`cost` is not a key for `kind: subprocess`" in message


def test_a_required_added_field_and_option_may_be_inherited(folder: Folder) -> None:
    folder.write("defs/_defaults.yaml", "region: us\nfancy: {image: small}\n")
    folder.asset("group/one", "kind: fancy\ncost: {center: x}\n")
    defs = folder.definitions(Fancy, resources={"runtime": 1})
    assert {asset_spec.key.to_user_string() for asset_spec in defs.resolve_all_asset_specs()} == {
        "group/one"
    }


def test_what_is_required_and_nowhere_given_is_missing(folder: Folder) -> None:
    folder.asset("group/one", "kind: fancy\n")
    message = refused(folder, Fancy)
    assert "error[missing-key]: `region` is missing" in message
    assert "error[missing-key]: `fancy` needs `image`" in message


@pytest.mark.parametrize("name", ["Fancy", "2x", "deps", "assets", "a-b"])
def test_a_kind_has_a_plain_name_that_is_no_field(folder: Folder, name: str) -> None:
    cls = project(PipesScript, **{name: FancyScript})
    with pytest.raises(ValueError, match="cannot be the name of a kind"):
        folder.definitions(cls)


class Query(PipesScript):
    """Needs no script."""

    @classmethod
    def takes_script(cls) -> bool:
        return False

    def invoke(self, context: dg.AssetExecutionContext) -> Any:
        return dg.MaterializeResult(metadata={"step": context.asset_key.to_user_string()})


def test_a_kind_may_need_no_script(folder: Folder, tmp_path: Path) -> None:
    folder.write("defs/group/one.yaml", "kind: query\n")
    outcome = materialize(folder.definitions(project(PipesScript, query=Query)), tmp_path / "h")
    assert outcome.metadata == {"group/one": {"step": "group/one"}}


def test_external_assets_have_the_owners_defaults_too(folder: Folder) -> None:
    folder.write("defs/lake/events.yaml", "kind: external\n")
    defs = folder.definitions(project(PipesScript, external=HelloScript))
    assert list(spec(defs, "lake/events").owners) == ["team:foobar"]
    assert not defs.resolve_asset_graph().get(dg.AssetKey(["lake", "events"])).is_executable


def test_a_kind_without_invoke_says_so_when_it_runs(folder: Folder, tmp_path: Path) -> None:
    folder.asset("group/one", "kind: empty\n")

    class Empty(PipesScript):
        pass

    outcome = materialize(folder.definitions(project(PipesScript, empty=Empty)), tmp_path / "h")
    assert "it must define `invoke()`" in outcome.failures["group__one"]


def test_assets_of_python_definitions_are_known_and_never_emitted(
    folder: Folder, tmp_path: Path
) -> None:
    folder.asset("group/one", "deps: [python/made]\n")

    class Project(PipesProject):
        @classmethod
        def asset_keys(cls) -> list[str | dg.AssetKey]:
            return [dg.AssetKey(["python", "made"])]

    @dg.asset(key=["python", "made"])
    def made() -> None: ...

    merged = dg.Definitions.merge(folder.definitions(Project), dg.Definitions(assets=[made]))
    assert materialize(merged, tmp_path / "home").made == {"group/one", "python/made"}


def test_an_attribute_error_in_an_override_is_not_swallowed(folder: Folder) -> None:
    folder.asset("a/one", "owners: [team:x]\n")
    with pytest.raises(AttributeError, match="nope"):
        folder.definitions(with_asset(owners=property(lambda self: self.nope)))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("owners", "team:x"),
        ("description", 3),
        ("kinds", None),
        ("deps", "a/two"),
        ("asset_key", None),
        ("asset_key", ""),
        ("asset_spec", None),
        ("column_schema", [1]),
    ],
)
def test_a_value_of_the_wrong_type_is_a_finding(folder: Folder, name: str, value: Any) -> None:
    folder.asset("a/one")
    message = refused(folder, with_asset(**{name: property(lambda _: value)}))
    assert "error[invalid-value]: Dagster refuses `a/one`" in message
    assert f"`TeamAsset.{name}`" in message


@pytest.mark.parametrize(("name", "value"), [("pool", 3), ("retry_policy", 3), ("op_tags", 3)])
def test_a_step_of_the_wrong_type_is_a_finding(folder: Folder, name: str, value: Any) -> None:
    folder.asset("a/one")
    message = refused(folder, with_script(**{name: property(lambda _: value)}))
    assert "Dagster refuses the step of `a/one`" in message
    assert f"`TeamManifest.{name}`" in message


def checks(made: Any) -> type[PipesProject]:
    """A project whose assets have the checks that a function makes of their view."""
    return with_asset(check_specs=property(made))


def test_a_check_of_a_text_with_a_slash_is_a_finding(folder: Folder) -> None:
    folder.asset("g/a")
    message = refused(folder, checks(lambda _: [dg.AssetCheckSpec("z", asset="g/a")]))
    foreign = "`check_specs` has a check of `g/a`, which the script does not make"
    assert f"{foreign}: write `asset=self.asset_key`" in message
    assert "`TeamAsset.check_specs`" in message


def test_a_check_of_another_scripts_asset_is_a_finding(folder: Folder) -> None:
    folder.asset("g/a")
    folder.asset("g/b")
    key = dg.AssetKey(["g", "b"])
    message = refused(folder, checks(lambda _: [dg.AssetCheckSpec("z", asset=key)]))
    assert "Dagster refuses the step of `g/a`: `check_specs` has a check of `g/b`" in message


def test_two_checks_with_one_key_are_a_finding(folder: Folder) -> None:
    folder.asset("g/a")
    message = refused(
        folder, checks(lambda view: [dg.AssetCheckSpec("z", asset=view.asset_key)] * 2)
    )
    assert "`check_specs` has two checks `z` of `g/a`" in message
    assert "`TeamAsset.check_specs`" in message


@pytest.mark.parametrize("value", [["z"], [None], None, 3])
def test_checks_of_the_wrong_type_are_a_finding(folder: Folder, value: Any) -> None:
    folder.asset("g/a")
    message = refused(folder, checks(lambda _: value))
    assert "Dagster refuses the step of `g/a`" in message
    assert "`TeamAsset.check_specs`" in message


def test_a_refused_check_is_not_blamed_on_a_harmless_override(folder: Folder) -> None:
    folder.asset("g/a")
    asset = type("TeamAsset", (PipesAssetManifest,), {"check_specs": property(lambda _: [1])})
    manifest = type("TeamManifest", (PipesScriptManifest,), {"pool": property(lambda _: "p")})

    class Script(PipesScript):
        asset_manifest_class = classmethod(lambda _: asset)
        script_manifest_class = classmethod(lambda _: manifest)

    assert "`TeamAsset.check_specs`" in refused(folder, project(Script))


def test_an_owner_may_add_checks_of_assets_whose_key_is_changed(folder: Folder) -> None:
    folder.asset("g/a", "checks: {rows: {}}\n")

    def check_specs(self: PipesAssetManifest) -> list[dg.AssetCheckSpec]:
        mine = dg.AssetCheckSpec("mine", asset=self.asset_key)
        return [*super(type(self), self).check_specs, mine]

    key = property(lambda self: dg.AssetKey(["x", self.name]))
    cls = with_asset(asset_key=key, check_specs=property(check_specs))
    graph = folder.definitions(cls).resolve_asset_graph()
    assert {check.name for check in graph.asset_check_keys} == {"rows", "mine"}
    assert {check.asset_key.to_user_string() for check in graph.asset_check_keys} == {"x/a"}


@pytest.mark.parametrize(
    ("endings", "fault"),
    [
        (("sql",), "'sql' is not the ending of a file: write `.sql`"),
        (("*.sql",), "'*.sql' is not the ending of a file: write `.sql`"),
        ((".tar.gz",), "'.tar.gz' is not the ending of a file: write `.gz`"),
        (".sql", "a kind's endings are several texts, such as `(\".sql\",)`, not '.sql'"),
        ((3,), "3 is not the ending of a file"),
    ],
)
def test_endings_that_no_file_has_are_refused(folder: Folder, endings: Any, fault: str) -> None:
    cls = type("Sql", (PipesScript,), {"script_endings": classmethod(lambda _: endings)})
    with pytest.raises(ValueError, match=re.escape(f"`Sql.script_endings()` is wrong: {fault}")):
        folder.definitions(with_kinds(sql=cls))


Condition = dg.AutomationCondition


@pytest.mark.parametrize(
    ("method", "value", "message"),
    [
        ("pools", "etl", "must return a list of names, not 'etl'"),
        ("pools", None, "must return a list of names, not None"),
        ("pools", ["etl "], "gives 'etl ' as a name: names are text, without spaces"),
        ("pools", [3], "gives 3 as a name"),
        ("asset_keys", "g/a", "must return a list of asset keys, not 'g/a'"),
        ("asset_keys", [""], "gives '' as a name"),
        ("automation_conditions", {"mine": Condition.eager}, "write `()` after it"),
        (
            "automation_conditions",
            {"mine": 3},
            "3 for `mine`, which is not an AutomationCondition",
        ),
        ("automation_conditions", {" mine": Condition.eager()}, "gives ' mine' as a name"),
        (
            "automation_conditions",
            ["mine"],
            "must return a mapping of names to objects, not ['mine']",
        ),
        (
            "partition_mappings",
            {"mine": "all"},
            "'all' for `mine`, which is not a PartitionMapping",
        ),
        ("partition_mappings", {"mine": dg.AllPartitionMapping}, "write `()` after it"),
        ("partition_mappings", None, "must return a mapping of names to objects, not None"),
        ("partitions_defs", [], "must return a mapping of names to objects, not []"),
        ("partitions_defs", {"": dg.StaticPartitionsDefinition(["a"])}, "gives '' as a name"),
    ],
)
def test_what_cannot_be_published_is_refused_before_authors_see_it(
    folder: Folder, method: str, value: Any, message: str
) -> None:
    folder.asset("g/a")
    cls = type("Owner", (PipesProject,), {method: classmethod(lambda _: value)})
    with pytest.raises(ValueError, match=re.escape(message)) as raised:
        folder.definitions(cls)
    assert str(raised.value).startswith(f"`Owner.{method}()` ")


REGIONS = dg.StaticPartitionsDefinition(["eu", "us"])
DAYS = dg.DailyPartitionsDefinition("2026-01-01")


def test_partitions_of_a_scripts_view_that_do_not_fit_name_it(folder: Folder) -> None:
    folder.asset("g/a")
    folder.asset("g/b", "deps: [g/a]\n")
    parts = property(lambda self: REGIONS if self.model.name == "g/a" else DAYS)
    message = refused(folder, with_script(partitions_def=parts))
    assert "`TeamManifest.partitions_def`" in message
    assert "<class" not in message
    assert "`TimeWindowPartitionMapping`" in message or "PartitionsDefinition`" in message


@pytest.mark.parametrize("manifest", ["", "schedule: '@daily'\ncan_subset: true\n"])
def test_unequal_partitions_of_assets_name_the_assets_view(folder: Folder, manifest: str) -> None:
    folder.asset("g/a", f"{manifest}assets: {{one: {{}}, two: {{}}}}\n")
    parts = property(lambda self: REGIONS if self.name == "one" else DAYS)
    message = refused(folder, with_asset(partitions_def=parts))
    assert "Dagster refuses the step of `g/a`" in message
    assert "`TeamAsset.partitions_def`" in message


def test_what_pydantic_refuses_is_said_in_its_first_sentence(folder: Folder) -> None:
    folder.asset("g/a")
    schedule = property(lambda _: CronSchedule(cron_schedule="@dayly"))
    message = refused(folder, with_script(schedule=schedule))
    assert "Dagster refuses the step of `g/a`: `@dayly` is not a cron expression" in message
    assert "`TeamManifest.schedule`" in message


def test_a_field_that_pydantic_refuses_is_named(folder: Folder) -> None:
    folder.asset("g/a")
    message = refused(
        folder, with_script(schedule=property(lambda _: CronSchedule(cron_schedule=3)))
    )  # type: ignore[arg-type]
    assert "the step of `g/a`: `cron_schedule`: input should be a valid string" in message


def test_a_dependency_of_one_part_with_a_slash_is_explained(folder: Folder) -> None:
    folder.asset("g/a")
    folder.asset("g/b")
    deps = property(lambda self: [dg.AssetKey("g/a")] if self.name == "b" else [])
    message = refused(folder, with_asset(deps=deps))
    assert "`g/b` depends on `g/a`, which is not an asset" in message
    assert 'write `dg.AssetKey(["g", "a"])`, or the text alone' in message


def found_in(folder: Folder, cls: type[PipesProject], lenient: bool) -> tuple[Diagnostic, ...]:
    """What is found in a first pass."""
    with beta_features_meant():
        return attempt_at(cls._owner(), Layout(folder.root), {}, folder.compile(), lenient).found


TEAMS = {"one": "a"}


@pytest.mark.parametrize("name", ["owners", "asset_key", "check_specs"])
def test_an_error_of_an_owners_property_is_a_finding_in_quarantine(
    folder: Folder, name: str
) -> None:
    folder.asset("g/one")
    folder.asset("g/two")
    ours = getattr(PipesAssetManifest, name).fget
    cls = with_asset(**{name: property(lambda self: TEAMS[self.name] and ours(self))})
    with pytest.raises(KeyError, match="two"):
        found_in(folder, cls, lenient=False)
    (finding,) = found_in(folder, cls, lenient=True)
    assert finding.message == f"`TeamAsset.{name}` raised KeyError: 'two'"
    assert finding.location.path == "defs/g/two.yaml"


@pytest.mark.parametrize("name", ["op_name", "can_subset", "pool", "tags", "schedule"])
def test_so_is_that_of_a_scripts_property(folder: Folder, name: str) -> None:
    folder.asset("g/one")
    folder.asset("g/two")
    ours = getattr(PipesScriptManifest, name).fget
    failing = property(lambda self: TEAMS[self.model.name.partition("/")[2]] and ours(self))
    (finding,) = found_in(folder, with_script(**{name: failing}), lenient=True)
    assert finding.message == f"`TeamManifest.{name}` raised KeyError: 'two'"


RING = {
    "a/ends": "assets: {first: {}, last: {deps: [a/middle]}}\n",
    "a/middle": "deps: [a/first]\n",
}


def test_an_owner_says_whether_scripts_can_be_split(folder: Folder) -> None:
    for name, manifest in RING.items():
        folder.asset(name, manifest)
    assert "these scripts wait for each other" in folder.check()
    split = folder.definitions(with_script(can_subset=property(lambda _: True)))
    assert len(split.resolve_all_asset_specs()) == 3


def test_a_cycle_of_scripts_that_an_override_closes_is_a_finding(folder: Folder) -> None:
    for name, manifest in RING.items():
        folder.asset(name, f"can_subset: true\n{manifest}")
    message = refused(folder, with_script(can_subset=property(lambda _: False)))
    assert "these scripts wait for each other: `a/ends` → `a/middle` → `a/ends`" in message
    assert "`TeamManifest.can_subset`" in message


def test_a_group_that_a_script_view_changes_is_the_assets_group(folder: Folder) -> None:
    folder.asset("a/one")
    defs = folder.definitions(with_script(group_name=property(lambda _: "other")))
    assert spec(defs, "a/one").group_name == "other"

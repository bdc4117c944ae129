"""Words of other tools, and what they are called here: one table.

dbt, Airflow, Dagster, Prefect, Kestra, Bruin, SQLMesh, Argo and GitHub Actions say the same things
in other words. The table has a place for each word: a key (`deps`), a key in a mapping
(`retry_policy.max_retries`), or a sentence on where it is decided.
"""

from __future__ import annotations

import re

_PLACES: dict[str, str] = {
    "deps": """
        dep dependencies dependency depend_on depends_on depends dependson upstream upstreams
        upstream_assets upstream_keys inputs input requires required parents parent needs refs ref
        ins after wait_for waits_for asset_deps non_argument_deps internal_asset_deps sources
        source_assets upstream_tasks run_after""",
    "description": """
        desc descr doc docs doc_md documentation docstring summary comment comments about notes
        note long_description""",
    "owners": """
        owner owned_by team teams maintainer maintainers contact contacts responsible author
        authors assignee""",
    "tags": "tag label labels annotation annotations",
    "kinds": """
        compute_kind badge badges technology technologies tool tools language languages
        kind_tags""",
    "schedule": """
        schedules cron cron_schedule cron_expression crontab schedule_interval schedule_cron
        interval trigger triggers cadence timetable every when""",
    "schedule.execution_timezone": "timezone tz time_zone execution_timezone",
    "retry_policy.max_retries": """
        retry retries max_retries max_retry num_retries number_of_retries retry_count retry_limit
        rerun reruns retry_times""",
    "retry_policy.delay": "retry_delay retry_delay_seconds retry_interval retry_wait",
    "retry_policy.backoff": "backoff retry_backoff",
    "retry_policy.jitter": "jitter retry_jitter retry_jitter_factor",
    "backfill_policy.max_partitions_per_run": "max_partitions_per_run batch_size",
    "backfill_policy": "backfill",
    "partitions_def": """
        partition partitions partitioned_by partition_by partitions_definition partition_def
        partitioning partition_type time_partitioning""",
    "automation_condition": """
        automation auto_materialize auto_materialize_policy declarative_automation condition
        materialize_on""",
    "freshness_policy": """
        freshness sla freshness_sla max_age max_lag staleness freshness_window maximum_lag""",
    "timeout": """
        timeout_seconds timeout_minutes timeout_hours execution_timeout execution_timeout_seconds
        max_runtime max_runtime_seconds time_limit timeout_in_minutes timeout_in_seconds
        max_duration""",
    "grace": "grace_period kill_timeout termination_grace_period terminate_grace_period_seconds",
    "secrets": "secret secret_env secret_variables env_secrets",
    "code_paths": "code_path code_files source_files code_dependencies watch_files",
    "inherit_env": "inherit_environment passenv pass_env env_inherit append_env",
    "python": "python_version interpreter_path",
    "pool": """
        pools concurrency concurrency_key concurrency_group concurrency_limit concurrency_pool
        max_concurrency queue slots task_concurrency max_active_runs max_parallel threads mutex""",
    "script": """
        file filename file_path filepath path script_path script_file source_file python_file
        entrypoint entry_point module main executable program scripts""",
    "key": "asset_key asset_keys keys",
    "columns": "column fields table_schema column_schema column_types",
    "checks": """
        check test tests data_tests asset_checks expectations assertions validations audits quality
        quality_checks custom_checks""",
    "metadata": "meta properties attrs custom annotations_extra",
    "extras": """
        extra settings kwargs op_kwargs vars variables""",
    "params": "param parameters parameter args_schema config configuration run_config op_config",
    "code_version": "version revision",
    "can_subset": "subsettable is_subsettable",
    "op_tags": "kubernetes executor_config k8s_config step_tags",
    "kind": """
        type runner engine executor operator task_type plugin runtime task_runner script_kind
        asset_type uses""",
    "assets": "asset_specs specs outs outputs",
    "env": "environment env_vars environment_variables envs environ envvars",
    "args": "arguments argv script_args cli_args flags",
    "cwd": "working_dir working_directory workdir chdir work_dir directory dir",
    "command": "cmd commands bash_command shell shell_command interpreter exec python_path run",
}
"""By what they are called here. `env` and the like belong in the block of a script's kind."""

_INSIDE: dict[str, dict[str, str]] = {
    "columns": {
        "name": "id column field key column_name",
        "type": "data_type datatype dtype column_type data_types",
        "description": "desc doc docs comment",
        "tags": "tag labels label meta metadata",
    },
    "retry_policy": {
        "max_retries": "retries retry max count attempts max_attempts limit times number",
        "delay": "wait interval retry_delay delay_seconds seconds wait_time",
        "backoff": "exponential exponential_backoff strategy retry_backoff",
    },
    "schedule": {
        "cron_schedule": "cron expression cron_expression schedule interval crontab",
        "execution_timezone": "timezone tz time_zone zone",
    },
    "deps": {
        "asset": "key name asset_key upstream ref model dep id source",
        "partition_mapping": "mapping partitions partition partition_map",
        "metadata": "with_metadata include_metadata load_metadata meta",
    },
    "checks": {
        "blocking": "block blocks is_blocking fail severity stop on_failure",
        "description": "desc doc docs comment",
        "metadata": "meta tags",
    },
    "params": {
        "type": "dtype data_type datatype param_type",
        "default": "value default_value",
        "description": "desc doc docs help comment title",
        "minimum": "min ge min_value at_least",
        "maximum": "max le max_value at_most",
        "pattern": "regex regexp format",
        "choices": "enum values options allowed allowed_values one_of oneof",
    },
    "backfill_policy": {
        "max_partitions_per_run": "max_partitions partitions_per_run batch_size",
        "type": "policy mode kind strategy",
    },
    "time_window": {
        "fail_window": "fail error error_after max_age window fail_after",
        "warn_window": "warn warn_after warning",
    },
    "options": {
        "env": "environment env_vars environment_variables envs environ",
        "args": "arguments argv script_args cli_args flags parameters params",
        "cwd": "working_dir working_directory workdir chdir work_dir directory dir",
        "command": "cmd commands bash_command interpreter exec program run",
    },
}
"""Words for the keys of mappings, by the key that a mapping is under."""

_KINDS: dict[str, str] = {
    "subprocess": """
        python python3 python_script py script shell sh bash bash_script r rscript node nodejs
        javascript local process command cli""",
    "notebook": "jupyter jupyter_notebook ipynb papermill",
    "docker": "container docker_container podman",
    "spark": "pyspark spark_submit",
    "k8s": "kubernetes kube kubernetes_pod pod k8s_job",
    "lambda": "aws_lambda lambda_function",
    "glue": "aws_glue glue_job",
    "ecs": "aws_ecs ecs_task fargate",
    "emr": "aws_emr",
    "azureml": "azure_ml azure_machine_learning",
}
"""Words for kinds of scripts."""

_PARAM_TYPES: dict[str, str] = {
    "string": "str text char character varchar nvarchar path file filename url uuid",
    "integer": "int int32 int64 bigint smallint long",
    "number": "num numeric float float32 float64 double decimal real",
    "boolean": "bool flag",
    "list": "array arr tuple set sequence multiple",
}
"""Words for the types of params."""

_PARAM_SENTENCES: dict[str, str] = {
    "for the only values allowed, write `choices: [a, b]`": "enum enumeration choice literal",
    "write `string`: dates and times are text, and `pattern` can say what they look like": (
        "date datetime date_time time timestamp timestamptz"
    ),
    "mappings are written in `extras`, which the script reads in the same way": (
        "object dict dictionary map mapping json struct"
    ),
}
"""For words for types that no param has."""

NAME = "the name of the file is the name of its asset"
GROUP = "the group of an asset is its folder"

_SENTENCES: dict[str, str] = {
    NAME: "name id asset asset_name task_id task title alias identifier slug uid model",
    GROUP: """
        group groups group_name asset_group namespace prefix key_prefix folder dag dag_id project
        pipeline flow schema_name dataset database domain layer schema""",
    "what runs is the file of the same name beside the manifest, or the one that `script` names": (
        "execution execute code handler function callable sql query source"
    ),
    "the script decides how the table is made": (
        "materialized materialization strategy incremental_strategy"
    ),
    "schedules are switched on and off in Dagster; files whose names begin with `_` are ignored": (
        "enabled disabled active paused is_paused"
    ),
    "alerts are set up in Dagster, by the platform owner": """
        on_failure on_success on_failure_callback email email_on_failure alerts alert
        notifications hooks on_error""",
    "the definition that `partitions_def` names says where partitions begin and end": (
        "start_date end_date start end catchup"
    ),
    "write `op_tags: {dagster/priority: VALUE}`": "priority priority_weight",
    "scripts get no Dagster resources: they connect to what they need themselves": """
        resources resource required_resource_keys io_manager io_manager_key connection
        connections resource_defs""",
    "what several manifests share is written in a `_defaults.yaml`": "defaults default_args",
    "an asset that something else makes has a manifest of its own, of `kind: external`": (
        "external is_external"
    ),
    "what it holds is written at the top of the manifest": "attributes",
    "each script has a manifest of its own, beside it": "models jobs steps tasks",
    "where a script runs is part of its `kind`": "image container docker",
    "write `retry_policy: {max_retries: VALUE}`, without the first attempt": (
        "attempts max_attempts"
    ),
}
"""For words without a key of their own; VALUE stands for the value that was written."""


def plain(word: str) -> str:
    """A word in the style of our keys: `dependsOn` and `Depends-On` become `depends_on`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", word).replace("-", "_").replace(" ", "_").lower()


def _by_word(places: dict[str, str]) -> dict[str, str]:
    return {word: place for place, words in places.items() for word in words.split()}


SENTENCES = _by_word(_SENTENCES)
PLACE_OF = _by_word(_PLACES)
KIND_OF = _by_word(_KINDS)
PLACE_INSIDE = {key: _by_word(places) for key, places in _INSIDE.items()}
PARAM_TYPE_OF = _by_word(_PARAM_TYPES)
PARAM_SENTENCES = _by_word(_PARAM_SENTENCES)

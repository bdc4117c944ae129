"""A `dg` project with twenty script components: everything that an import maps, and comments."""

from textwrap import dedent

from tests.support.dagster.dg import DgProject

RULES = (
    "automation_condition.eager()",
    "dg.AutomationCondition.on_missing()",
    "automation_condition.on_cron('0 5 * * *')",
    "dg.AutomationCondition.on_cron('0 6 * * *', 'Europe/Berlin').with_label('early')",
)
PARTITIONS = (
    '{type: daily, start_date: "2026-01-01"}',
    '{type: hourly, start_date: "2026-01-01-00:00", timezone: Europe/Berlin}',
    "{type: static, partition_keys: [de, fr]}",
    '{type: time_window, start_date: "2026-01-01", fmt: "%Y-%m-%d", cron_schedule: "0 0 * * 1"}',
)
SCRIPT = "from dagster_pipes import open_dagster_pipes\n\nraise SystemExit('imported')\n"
SPECIAL = {
    "sales/orders": """
        # What finance asked for.
        type: dagster.PythonScriptComponent

        attributes:
          execution:
            path: orders.py
            args: [--full, --workers=2]  # two workers
            tags: {cpu: 2, team/queue: slow}
            pool: warehouse
          # The one table.
          assets:
            - key: sales/orders
              group_name: sales
              description: |
                All orders.

                # not a comment
                  - indented
              # Ask them first:
              owners:
                - team:sales
                - ada@example.com  # until March
              kinds: [python, duckdb]
              tags: {tier: gold, "yes": "on"}
              metadata:
                rows: 3
                share: 0.5
                nested: {a: [1, {b: null}], text: "- x: #y"}
              deps:
                - raw/orders
                - raw/customers  # by mail
              code_version: v7
              freshness_policy: "{{ late }}"
              automation_condition: "{{ automation_condition.eager() }}"
          checks:
            - name: has_rows
              asset: sales/orders
              blocking: true  # nothing below without them
            - name: is_fresh
              asset: sales/orders
              description: Not older than a day.
              metadata: {limit: 24}
        template_vars_module: .rules
        # the end
        """,
    "sales/reports": """
        type: dagster.PythonScriptComponent
        attributes:
          execution:
            path: build/reports.py
            args: --fast 'a b'
          assets:
            # by day
            - key: sales/daily
              group_name: sales
              deps: [sales/orders]
            # by month
            - key: [MONTHLY]
              group_name: sales
              deps: [sales/orders, sales/daily]
              tags: {a: "{{ 'b' * 3 }}"}
          checks:
            - {name: complete, asset: MONTHLY}
        """,
    "sales/two": """
        # the first
        type: dagster.PythonScriptComponent
        attributes:
          execution: {path: a.py}
          assets: [{key: two/a, group_name: two}]
        ---
        # the second
        type: dagster.PythonScriptComponent
        attributes:
          execution: {path: ../reports/build/reports.py, args: [again]}
          assets: [{key: two/b, group_name: two, deps: [two/a, from/elsewhere]}]
        post_processing:
          assets:
            - attributes: {tags: {added: later}, owners: ["team:late"]}
        """,
}
PLAIN = """
    type: dagster.PythonScriptComponent
    attributes:
      execution:
        path: run.py
      assets:
        - key: plain/p{number}  # number {number}
          group_name: plain
          deps: [{dep}]
          partitions_def: {partitions}
          automation_condition: "{{{{ {rule} }}}}"
      checks:
        - {{name: ok_{number}, asset: plain/p{number}}}
    """


def write_company(project: DgProject) -> None:
    """All twenty, and a folder that changes the assets below it."""
    for name, text in SPECIAL.items():
        project.defs(
            f"{name}/defs.yaml",
            text.replace("[MONTHLY]", "reports/2026/monthly").replace(
                "MONTHLY", "reports/2026/monthly"
            ),
        )
    project.defs("sales/orders/orders.py", SCRIPT)
    project.defs("sales/orders/helpers/sums.py", "raise SystemExit('imported')\n")
    project.defs(
        "sales/orders/rules.py",
        """
        from datetime import timedelta
        import dagster as dg

        @dg.template_var
        def late():
            return dg.FreshnessPolicy.time_window(timedelta(days=1, hours=6), timedelta(hours=8))
        """,
    )
    project.defs("sales/reports/build/reports.py", SCRIPT)
    project.defs("sales/two/a.py", SCRIPT)
    for number in range(16):
        dep = f"plain/p{number - 4}" if number >= 4 else "raw/orders"
        text = dedent(PLAIN).format(
            number=number, dep=dep, partitions=PARTITIONS[number % 4], rule=RULES[number // 4]
        )
        project.defs(f"plain/p{number}/defs.yaml", text)
        project.defs(f"plain/p{number}/run.py", SCRIPT)
    project.defs(
        "plain/defs.yaml",
        """
        type: dagster.DefsFolderComponent
        post_processing:
          assets:
            - target: "key:plain/p3"
              attributes: {metadata: {found: above}}
        """,
    )

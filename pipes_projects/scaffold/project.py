"""A new project: what `init` writes."""

from __future__ import annotations

from pipes_projects.kinds import installed_contract
from pipes_projects.layout import ASSET_KEYS
from pipes_projects.scaffold.starters import starter
from pipes_projects.schema.asset_keys import render_keys
from pipes_projects.schema.contract.of_project import checksum, stamped
from pipes_projects.schema.documents import project_schemas, render


def project_files() -> dict[str, str]:
    """The files of a project that runs as it is, by path."""
    made_from = checksum({"definitions.py": DEFINITIONS})
    schemas = stamped(project_schemas(installed_contract()), made_from)
    return {
        "definitions.py": DEFINITIONS,
        "defs/example/hello.py": starter(".py", ["example/hello"]),
        "defs/example/hello.yaml": MANIFEST,
        **{path: render(schema) for path, schema in schemas.items()},
        ASSET_KEYS: render_keys(["example/hello"]),
        ".gitignore": GITIGNORE,
        "README.md": README,
    }


MANIFEST = """\
kind: subprocess
description: What this asset is, in a sentence.
"""

DEFINITIONS = """\
from pipes_projects import PipesProject

defs = PipesProject.make_defs()
"""

GITIGNORE = """\
__pycache__/
.venv/
.dagster_home/
.tmp_dagster_home_*/
"""

README = """\
# Assets from scripts

Every folder in `defs/` is a group of assets. To add an asset, put two files into one of them:

- a script, for example `defs/example/hello.py`: anything that runs on its own;
- a manifest of the same name, for example `defs/example/hello.yaml`: a few lines that say what
  the asset is made from and who is responsible for it.

The asset is then called `example/hello`, and other manifests name it in their `deps`.

| To do this | type |
|---|---|
| install what the commands below need | `pip install "pipes-projects[ui]"`, or as your team does |
| add a script and its manifest | `pipes-projects new example/goodbye` |
| add a manifest for a script that you have | `pipes-projects new example/report.sh` |
| see whether the manifests are right | `pipes-projects check` |
| see what a finding means | `pipes-projects explain unknown-dependency` |
| see all assets | `pipes-projects list` |
| run a script here, without Dagster | `pipes-projects run defs/example/hello.py` |
| see why an asset is stale | `pipes-projects why example/hello` |
| rename an asset everywhere | `pipes-projects rename example/goodbye example/farewell` |
| open Dagster's UI | `dagster dev -f definitions.py` |

VS Code with the YAML extension completes the keys of a manifest and explains them; in `deps` it
knows the assets that exist. After adding some by hand, run `pipes-projects editor` and commit.
When the platform owner has changed `definitions.py`, run `pipes-projects schema` and commit.
"""

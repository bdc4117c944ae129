"""Commands that show a project: its assets, where their values come from, what was run."""

"""Which branch is this: its name, its slug, and where it stands."""

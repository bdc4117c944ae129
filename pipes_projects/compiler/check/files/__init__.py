"""What is wrong with a project's files, beside its manifests: scripts, and their names."""

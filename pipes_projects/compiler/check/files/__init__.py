"""What is wrong with files of a project other than manifests: scripts, and the names of files."""

"""`pipes-projects editor`: the command, the settings that it completes, and `--watch`."""

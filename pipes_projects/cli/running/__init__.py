"""Parts of `pipes-projects run`."""

"""Which branch this is: its name, its slug, and the commit that it is at."""

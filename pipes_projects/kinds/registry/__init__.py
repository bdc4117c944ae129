"""Which kinds there are: the table of our own, those of other packages, and what each declares."""

"""What is written in the wrong form: one finding each, which shows the right form."""

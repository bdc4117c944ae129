"""What a script reports, from the lines of its messages to the verdict."""

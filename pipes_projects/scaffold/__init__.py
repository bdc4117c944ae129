"""What `init`, `new` and `editor --settings` write. What is there already is never lost."""

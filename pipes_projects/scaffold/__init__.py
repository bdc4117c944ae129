"""What `init`, `new` and `editor --settings` write. Nothing that exists already is ever lost."""

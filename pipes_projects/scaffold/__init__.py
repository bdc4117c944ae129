"""What `init` and `new` write. Nothing that is there already is ever changed."""

"""A repository of Git as a storage: what is put there is a commit, and nobody needs a checkout."""

"""What in a project differs from a commit, and which findings that may have caused."""

"""What scripts of kind `sql` say, beside what their manifests say."""

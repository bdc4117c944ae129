"""Git, asked about one repository."""

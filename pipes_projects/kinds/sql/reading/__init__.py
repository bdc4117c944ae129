"""What a file says: its statements, the values they ask for, and the tables they read."""

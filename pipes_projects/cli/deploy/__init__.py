"""`pipes-projects deploy`: ship scripts, and see what is where."""

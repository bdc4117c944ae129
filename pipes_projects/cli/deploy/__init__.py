"""`pipes-projects deploy`: ship scripts, and know what is where."""

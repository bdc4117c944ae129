"""Keys that there are not: the words for them here, where other tools or other places have them."""

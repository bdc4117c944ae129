export LC_ALL=C

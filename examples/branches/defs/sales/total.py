from _tables import read, write

write("total", {"total": sum(read("orders").values())})

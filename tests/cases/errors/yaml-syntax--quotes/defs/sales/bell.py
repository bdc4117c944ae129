print("bell")

print("null")

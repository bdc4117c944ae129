print("hex")

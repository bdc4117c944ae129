print("berlin")

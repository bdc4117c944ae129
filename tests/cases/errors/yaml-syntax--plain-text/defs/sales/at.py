print("at")

print("munich")

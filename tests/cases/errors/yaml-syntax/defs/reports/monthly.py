print("monthly")

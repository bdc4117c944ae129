print("shops")

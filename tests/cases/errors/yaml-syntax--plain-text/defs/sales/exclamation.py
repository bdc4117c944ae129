print("exclamation")

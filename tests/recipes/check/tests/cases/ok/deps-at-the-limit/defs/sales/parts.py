print("parts")

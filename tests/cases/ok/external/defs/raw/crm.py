print("not looked at")

print("component")

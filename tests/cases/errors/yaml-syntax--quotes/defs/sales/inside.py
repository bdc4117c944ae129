print("inside")

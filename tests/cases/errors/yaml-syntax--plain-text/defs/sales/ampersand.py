print("ampersand")

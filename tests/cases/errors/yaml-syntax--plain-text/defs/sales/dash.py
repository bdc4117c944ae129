print("dash")

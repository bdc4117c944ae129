print("revenue")

print("net revenue")

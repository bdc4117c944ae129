print("no asset")

print("costs")

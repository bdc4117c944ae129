print("counting customers by country")

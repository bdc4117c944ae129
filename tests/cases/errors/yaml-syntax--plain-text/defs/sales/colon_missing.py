print("colon_missing")

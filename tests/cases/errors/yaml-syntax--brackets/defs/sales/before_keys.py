print("before_keys")

print("escape")

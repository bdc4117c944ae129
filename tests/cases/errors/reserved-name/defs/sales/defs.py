print("definitions")

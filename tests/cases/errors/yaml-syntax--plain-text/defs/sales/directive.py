print("directive")

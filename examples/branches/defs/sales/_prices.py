def to_pay(price: float) -> float:
    return round(price * 1.2, 2)

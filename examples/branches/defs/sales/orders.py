from _prices import to_pay
from _tables import write

ORDERS = {"apples": 2.0, "pears": 3.0, "plums": 5.0}

write("orders", {name: to_pay(price) for name, price in ORDERS.items()})

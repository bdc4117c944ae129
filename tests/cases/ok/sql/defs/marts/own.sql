from raw.orders

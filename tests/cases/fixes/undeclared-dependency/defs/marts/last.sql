select * from raw.orders, raw.customers

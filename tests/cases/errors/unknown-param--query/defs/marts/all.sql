select * from raw.orders where day >= {params.since}

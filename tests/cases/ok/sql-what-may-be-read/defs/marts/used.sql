delete from marts.used using raw.orders where marts.used.id = raw.orders.id;

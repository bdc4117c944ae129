create index by_id on raw.orders (id);
create table marts.indexed as select id from raw.orders;

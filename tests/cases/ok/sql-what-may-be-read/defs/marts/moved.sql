use archive;
create table marts.moved as select id from raw.customers;

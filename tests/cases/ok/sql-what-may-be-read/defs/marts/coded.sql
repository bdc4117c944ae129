create function total() returns int as 'select count(*) from raw.orders';
create table marts.coded as select total() as total;

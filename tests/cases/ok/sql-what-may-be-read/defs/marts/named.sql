set search_path = raw;
create table marts.named as select id from orders;

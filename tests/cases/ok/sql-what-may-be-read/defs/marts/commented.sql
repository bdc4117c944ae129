create table marts.commented as select 1 as id;
comment on table raw.customers is 'Who they are.';

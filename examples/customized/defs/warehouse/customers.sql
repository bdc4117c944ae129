create or replace table customers as
select id, name, country from raw.customers
where not deleted;

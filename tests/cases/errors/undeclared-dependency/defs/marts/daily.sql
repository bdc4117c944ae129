-- from raw.nothing
with customers as (select id from raw.customers)
select day, count(*) as orders
from Raw.Orders as o
join customers using (id)
group by day

select
    make_date(year, month, day) as day,
    sum(flights)::int as flights,
    round(sum(dep_delay * flights) / sum(flights), 1) as mean_delay
from read_csv('/srv/polyglot/delays.csv')
group by all
order by day

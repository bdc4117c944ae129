-- {params.kept}: a comment
select * from raw.orders
where n >= {params.min_row} and region = {params.region} and 'x' <> '{kept}'
limit {params.limit}

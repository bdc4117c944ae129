select day, {params.least} as least
from raw.orders
where 'eu' = {params.region}

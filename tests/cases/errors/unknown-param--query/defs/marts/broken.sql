select {params.n} as n, {params.day} as day

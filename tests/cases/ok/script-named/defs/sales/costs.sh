echo costs

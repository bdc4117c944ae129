import prices
from lib import rates

print(prices.ALL, rates.ALL)

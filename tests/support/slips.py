"""Names as companies have them, and typos in them, from a seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from string import ascii_lowercase

COMPANY = {
    "raw": "orders order_lines customers contacts contracts products prices_2023 prices_2024 stores"
    " payments refunds funds shipments web_sessions ad_clicks",
    "staging": "orders_us orders_eu orders_uk customers contacts sessions payments shipments",
    "marts": "daily_sales weekly_sales monthly_sales sales_by_region sales_by_route dim_date"
    " dim_store fct_orders fct_refunds customer_value_v1 customer_value_v2 stock_internal"
    " stock_external",
    "marketing": "ads seo campaign campaigns trips_report tips_report",
    "finance": "invoices",
}
"""A project of 43 assets, by group: regions, years, versions, plurals, and words that are alike."""

KEYS = tuple(f"{group}/{name}" for group, names in COMPANY.items() for name in names.split())


def slips(names: tuple[str, ...], number: int, seed: int) -> Iterator[tuple[str, str]]:
    """Names, each with one slip in it."""
    chance = random.Random(seed)
    while number:
        name = chance.choice(names)
        wrong = _slip(name, chance)
        if wrong not in (name, *names):
            number -= 1
            yield name, wrong


def _slip(name: str, chance: random.Random) -> str:
    """The name with one letter added, left out or changed, or two that changed places."""
    at = chance.choice([at for at, letter in enumerate(name) if letter.isalpha()])
    before, letter, after = name[:at], name[at], name[at + 1 :]
    other = chance.choice(ascii_lowercase)
    swapped = after[:1] + letter + after[1:] if after[:1].isalpha() else letter + after
    return before + chance.choice((letter + other + after, after, other + after, swapped))

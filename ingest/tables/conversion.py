"""A table's money columns in whole US cents, and the amounts that cannot be converted."""

import numpy as np
import pandas as pd

from littlegiants.ingest.tables.contract import Kind
from littlegiants.ingest.tables.days import NO_DAY
from littlegiants.ingest.tables.money import MAX_CENTS, Money, whole_cents
from littlegiants.ingest.tables.screening import Screening
from littlegiants.ingest.tables.vocabulary import text_codes


def convert_money(parsed: pd.DataFrame, money: Money, screening: Screening) -> pd.DataFrame:
    """Return the columns of a table with its amounts in whole US cents.

    Parameters
    ----------
    parsed
        The typed columns, amounts in units of each row's ``currency``.
    money
        What amounts are converted with.
    screening
        Takes the amounts without a currency, a rate or a price index, and those that are too large.
    """
    spec = screening.spec
    names = [column.name for column in spec.columns if column.kind is Kind.MONEY]
    if not names:
        return parsed
    days = parsed[spec.event].to_numpy()
    codes, texts = text_codes(parsed["currency"])
    currencies = texts.to_numpy(zero_copy_only=False)
    usd, deflator = money.usd_of(codes, currencies, days), money.deflator(days)
    factor = usd * deflator
    # A currency or a date that is itself a violation has its own record; it does not also lack a rate.
    convertible = np.isin(currencies, money.currencies)[codes] & (days != NO_DAY)
    unstated, without_rate, without_index = (
        (currencies == "")[codes],
        np.isnan(usd) & convertible,
        np.isnan(deflator) & convertible,
    )
    converted = {}
    for name in names:
        amounts = parsed[name].to_numpy(np.float64)
        stated = ~np.isnan(amounts)
        converted[name] = cents = whole_cents(amounts, factor)
        screening.reject(name, "missing_currency", stated & unstated)
        screening.reject(name, "no_exchange_rate", stated & without_rate)
        screening.reject(name, "no_price_index", stated & without_index)
        screening.reject(name, "amount_too_large", np.abs(cents) > MAX_CENTS)
    return parsed.assign(**converted)

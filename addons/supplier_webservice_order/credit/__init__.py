"""Prepaid System Credits: accounts, the append-only ledger, buying, and SMS that are paid from them.

Read alone: what orders have to do with it is ``credit.account._reserve``, ``_capture`` and ``_release``, by a key.
"""

from . import (
    account_move,
    credit_account,
    credit_block,
    credit_purchase,
    credit_reservation,
    credit_transaction,
    sms_sms,
)

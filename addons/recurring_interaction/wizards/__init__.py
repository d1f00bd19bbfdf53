from . import (
    recurring_calendar_import,
    recurring_feed_link,
    recurring_generate,
    recurring_hand_over,
    recurring_holiday_import,
    recurring_notice,
    recurring_rule_import,
)

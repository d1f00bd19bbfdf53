from . import recurring_feed_link, recurring_generate, recurring_rule_import

from . import test_outside_rules

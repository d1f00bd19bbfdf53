from . import (
    test_access,
    test_activation,
    test_answers,
    test_communicate,
    test_connection,
    test_credits,
    test_neutralize,
    test_order_wizard,
    test_photos,
    test_sms,
    test_tours,
    test_workshop,
)

from . import (
    test_access_link,
    test_cron_batch,
    test_cron_conflict,
    test_database_home,
    test_guards,
    test_health,
    test_http,
    test_mail_delivery,
    test_mail_queue,
    test_numbers,
    test_record_window,
    test_sandbox,
)

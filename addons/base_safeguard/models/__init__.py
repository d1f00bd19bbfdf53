from . import (
    access_link_mixin,
    cron_batch_failure,
    cron_batch_mixin,
    ir_mail_server,
    mail_delivery,
    mail_delivery_mixin,
    mail_mail,
    mail_thread,
)

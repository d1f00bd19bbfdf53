from . import (
    access_link_mixin,
    cron_batch_failure,
    cron_batch_mixin,
    database_home,
    health_monitor,
    ir_cron,
    ir_mail_server,
    mail_delivery,
    mail_delivery_mixin,
    mail_mail,
    mail_thread,
    res_config_settings,
)

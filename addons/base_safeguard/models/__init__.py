from . import access_link_mixin, cron_batch_failure, cron_batch_mixin, mail_mail

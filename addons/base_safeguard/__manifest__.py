{
    "name": "Safeguards",
    "version": "19.0.1.0.0",
    "category": "Hidden/Tools",
    "summary": "Secret links, strangers' input, batches of scheduled actions, a sandbox for files, mail that arrives",
    "author": "Everyday Trade Addons Contributors",
    "license": "LGPL-3",
    "depends": ["http_routing", "mail"],
    "external_dependencies": {"python": ["Pillow"]},
    "data": [
        "security/ir.model.access.csv",
        "data/ir_cron_data.xml",
        "views/cron_batch_failure_views.xml",
        "views/health_templates.xml",
        "views/lost_form_templates.xml",
        "views/mail_delivery_views.xml",
        "views/res_config_settings_views.xml",
    ],
    "assets": {
        "web.assets_frontend": ["base_safeguard/static/src/scss/portal.scss"],
    },
    "uninstall_hook": "uninstall_hook",
}

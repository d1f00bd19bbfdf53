import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { browser } from "@web/core/browser/browser";

const ON_THEIR_WAY = ["queued", "sending"];
const PATIENCE = 60_000;
const PAUSE = 700;

/** Send the messages and wait until each has an outcome, or patience runs out. */
async function follow(env, exchangeIds) {
    const until = Date.now() + PATIENCE;
    let exchanges = [];
    do {
        exchanges = await env.services.orm.silent.call("supplier.exchange", "process_now", [
            exchangeIds,
        ]);
        const open = exchanges.filter((exchange) => exchange.state === "sending");
        if (!open.length) {
            break;
        }
        await new Promise((resolve) => browser.setTimeout(resolve, PAUSE));
    } while (Date.now() < until);
    return exchanges;
}

function tell(env, exchanges) {
    const failed = exchanges.filter((exchange) => exchange.state === "failed");
    const unknown = exchanges.filter((exchange) => exchange.state === "unknown");
    const waiting = exchanges.filter((exchange) => ON_THEIR_WAY.includes(exchange.state));
    const notify = (message, type, sticky = false) =>
        env.services.notification.add(message, { type, sticky });
    for (const exchange of failed) {
        notify(exchange.error, "danger", true);
    }
    if (unknown.length) {
        notify(
            _t(
                "It is not known yet whether the supplier received the order. It will be asked before anything is sent again."
            ),
            "warning",
            true
        );
    }
    if (waiting.length) {
        notify(_t("The order waits to be sent; that goes on by itself."), "warning");
    }
    if (!failed.length && !unknown.length && !waiting.length) {
        notify(_t("The supplier received the order."), "success");
    }
}

/** Client action behind *Communicate*: send, tell, open the classic e-mail. */
async function followExchanges(env, action) {
    const { exchange_ids: exchangeIds, purchase_ids: purchaseIds } = action.params;
    if (exchangeIds.length > 1) {
        env.services.notification.add(_t("The orders are being sent."), { type: "info" });
        return { type: "ir.actions.client", tag: "soft_reload" };
    }
    env.services.ui.block({ message: _t("Sending the order to the supplier…") });
    let exchanges = [];
    try {
        exchanges = await follow(env, exchangeIds);
    } finally {
        env.services.ui.unblock();
    }
    tell(env, exchanges);
    await env.services.action.doAction("soft_reload");
    if (exchanges.every((exchange) => exchange.state === "done")) {
        const mail = await env.services.orm.call("purchase.order", "action_open_supplier_mail", [
            purchaseIds,
        ]);
        await env.services.action.doAction(mail, {
            onClose: () => env.services.action.doAction("soft_reload"),
        });
    }
}

registry.category("actions").add("supplier_webservice_order.follow_exchanges", followExchanges);

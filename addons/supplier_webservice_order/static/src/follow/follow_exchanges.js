import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { browser } from "@web/core/browser/browser";

const ON_THEIR_WAY = ["queued", "sending"];
const PATIENCE = 60_000;
const PAUSE = 700;
const SENDING = {
    order: _t("Sending the order to the supplier…"),
    change: _t("Sending the change to the supplier…"),
    cancel: _t("Sending the cancellation to the supplier…"),
};
const DONE = {
    order: _t("The supplier received the order."),
    change: _t("The supplier took the change over."),
    cancel: _t("The supplier cancelled the order."),
};

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

function tell(env, exchanges, kind) {
    const failed = exchanges.filter((exchange) => exchange.state === "failed");
    const unknown = exchanges.filter((exchange) => exchange.state === "unknown");
    const waiting = exchanges.filter((exchange) => ON_THEIR_WAY.includes(exchange.state));
    const received = exchanges.filter((exchange) => exchange.state === "received");
    const notify = (message, type, sticky = false) =>
        env.services.notification.add(message, { type, sticky });
    for (const exchange of failed) {
        notify(exchange.error, "danger", true);
    }
    if (unknown.length) {
        notify(
            _t(
                "It is not known yet whether the supplier received this. It will be asked before anything is sent again."
            ),
            "warning",
            true
        );
    }
    if (waiting.length) {
        notify(_t("This waits to be sent; that goes on by itself."), "warning");
    }
    if (received.length) {
        notify(_t("The supplier received it and has not decided yet."), "info");
    }
    if (exchanges.length && exchanges.every((exchange) => exchange.state === "done")) {
        notify(DONE[kind], "success");
    }
}

/** Client action behind *Communicate* and *Send Change*: send, tell; after an order, open the classic e-mail. */
async function followExchanges(env, action) {
    const { exchange_ids: exchangeIds, purchase_ids: purchaseIds, kind = "order" } = action.params;
    if (exchangeIds.length > 1) {
        env.services.notification.add(_t("The orders are being sent."), { type: "info" });
        return { type: "ir.actions.client", tag: "soft_reload" };
    }
    env.services.ui.block({ message: SENDING[kind] });
    let exchanges = [];
    try {
        exchanges = await follow(env, exchangeIds);
    } finally {
        env.services.ui.unblock();
    }
    tell(env, exchanges, kind);
    await env.services.action.doAction("soft_reload");
    if (kind === "order" && exchanges.every((exchange) => exchange.state === "done")) {
        const mail = await env.services.orm.call("purchase.order", "action_open_supplier_mail", [
            purchaseIds,
        ]);
        await env.services.action.doAction(mail, {
            onClose: () => env.services.action.doAction("soft_reload"),
        });
    }
}

registry.category("actions").add("supplier_webservice_order.follow_exchanges", followExchanges);

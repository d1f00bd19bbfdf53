import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("order_status_mail_customer", {
    url: "/my/orders",
    steps: () => [
        {
            content: "The list says where the order is; open its timeline",
            trigger: "td[name='order_status'] a:contains('On its way')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The tracking number is in the timeline",
            trigger: ".o_osm_timeline .o_osm_event[data-topic='tracking']:contains('TRACK-TOUR')",
        },
        {
            content: "So is the tick of the warehouse; open the order",
            trigger: ".o_osm_timeline:has(.o_osm_event[data-topic='picked'])",
        },
        {
            content: "Open the order",
            trigger: ".o_osm_page a:contains('Open the order')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The order's own page tells the same",
            trigger: "#order_history .o_osm_event[data-topic='tracking']:contains('TRACK-TOUR')",
        },
        {
            content: "Home of the customer's pages",
            trigger: ".o_portal_submenu a[href='/my/home']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Choose mails",
            trigger: "a[href='/my/status-mails']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "No mails about tracking numbers",
            trigger: "input[name='rule_tracking']:checked",
            run: "click",
        },
        {
            content: "Save",
            trigger: ".o_osm_preferences button[type='submit']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "It is kept",
            trigger: "body:has(.alert-success) input[name='rule_tracking']:not(:checked)",
        },
    ],
});

import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("order_status_mail_staff", {
    steps: () => [
        {
            content: "Open the order's ledger",
            trigger: "button[name='action_view_status_events']",
            run: "click",
        },
        {
            content: "Open the event",
            trigger: ".o_list_view .o_data_row td:contains('Your order is confirmed')",
            run: "click",
        },
        {
            content: "Why did this customer get this mail?",
            trigger: ".o_form_view .alert-info:contains('Order status changed')",
        },
        {
            content: "Back to the order",
            trigger: "button[name='action_open_order']",
            run: "click",
        },
        {
            content: "Other information",
            trigger: ".nav-link:contains('Other Info')",
            run: "click",
        },
        {
            content: "Preview",
            trigger: "button[name='action_preview_status_mail']",
            run: "click",
        },
        {
            content: "Choose a rule",
            trigger: ".modal [name='rule'] input",
            run: "click",
        },
        {
            content: "Packing slip",
            trigger: ".o_select_menu_item:contains('Packing slip printed')",
            run: "click",
        },
        {
            content: "An example of this rule is shown",
            trigger: ".modal .alert-info span:contains('this is an example'):visible",
        },
        {
            content: "Close",
            trigger: ".modal footer button:contains('Close')",
            run: "click",
        },
        {
            content: "Back on the order",
            trigger: "body:not(:has(.modal))",
        },
    ],
});

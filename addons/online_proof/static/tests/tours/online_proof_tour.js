import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("online_proof_approve", {
    steps: () => [
        {
            content: "The first page is shown",
            trigger: ".o_proof_preview:not([hidden])",
        },
        {
            content: "Go to the second page",
            trigger: ".o_proof_thumb[data-index='1']",
            run: "click",
        },
        {
            content: "Zoom in",
            trigger: ".o_proof_page_number:contains(2)",
        },
        {
            trigger: ".o_proof_tool[data-tool=in]",
            run: "click",
        },
        {
            trigger: ".o_proof_zoom:contains(150%)",
        },
        {
            trigger: ".o_proof_tool[data-tool=in]",
            run: "click",
        },
        {
            trigger: ".o_proof_zoom:contains(225%)",
        },
        {
            trigger: ".o_proof_tool[data-tool=in]",
            run: "click",
        },
        {
            content: "The page is enlarged, its full resolution arrives",
            trigger: ".o_proof_stage.o_proof_zoomed .o_proof_tiles img.o_proof_tile_ready",
        },
        {
            content: "Pin a comment with the keyboard's help",
            trigger: ".o_proof_stage",
            run() {
                this.anchor.dispatchEvent(
                    new KeyboardEvent("keydown", { key: "c", bubbles: true })
                );
            },
        },
        {
            trigger: "#o_proof_new_comment",
            run: "edit Please check this",
        },
        {
            trigger: ".o_proof_composer button[type=submit]",
            run: "click",
        },
        {
            content: "The comment is in the list and on the page",
            trigger: ".o_proof_thread:contains(Please check this)",
        },
        {
            trigger: ".o_proof_pin:contains(1)",
        },
        {
            content: "Approve",
            trigger: "[data-dialog=o_proof_approve]",
            run: "click",
        },
        {
            trigger: "#o_proof_approve input[name=checked]",
            run: "check",
        },
        {
            trigger: "#o_proof_approve input[name=terms]",
            run: "check",
        },
        {
            trigger: "#o_proof_approve button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The approval is confirmed",
            trigger: ".o_proof_badge_approved",
        },
    ],
});

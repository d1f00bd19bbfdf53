import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";

/** The threads beside the page and their pins on it. */
export class ProofComments {
    /**
     * @param {HTMLElement} root the viewer
     * @param {Object} options `comments`, `canComment`, `canResolve`, `call(route, params)`, `goTo(comment)`
     */
    constructor(root, options) {
        this.options = options;
        this.list = root.querySelector(".o_proof_threads");
        this.pins = root.querySelector(".o_proof_pins");
        this.empty = root.querySelector(".o_proof_no_comments");
        this.count = root.querySelector(".o_proof_comment_count");
        this.composer = root.querySelector(".o_proof_composer");
        this.text = this.composer.querySelector("textarea");
        this.error = this.composer.querySelector(".o_proof_composer_error");
        this.thumbs = root.querySelectorAll(".o_proof_thumb");
        this.comments = options.comments;
        this.page = 1;
        this.spot = null;
    }

    setPage(number) {
        this.page = number;
        this.cancel();
        this.render();
    }

    // Rendering: text only ever goes in as text ----------------------------------

    element(tag, className, text) {
        const el = document.createElement(tag);
        el.className = className || "";
        if (text !== undefined) {
            el.textContent = text;
        }
        return el;
    }

    render() {
        const sorted = [...this.comments].sort((a, b) => a.page - b.page || a.id - b.id);
        this.list.replaceChildren(...sorted.map((comment, index) => this.renderThread(comment, index + 1)));
        const pins = sorted
            .map((comment, index) => [comment, index + 1])
            .filter(([comment]) => comment.page === this.page)
            .map(([comment, number]) => this.renderPin(comment, number));
        if (this.spot) {
            pins.push(this.renderPin({ ...this.spot, draft: true }, "+"));
        }
        this.pins.replaceChildren(...pins);
        const open = this.comments.filter((comment) => !comment.resolved).length;
        this.count.textContent = open || "";
        this.empty.hidden = this.comments.length > 0 || Boolean(this.spot);
        this.thumbs.forEach((thumb, index) => {
            const here = this.comments.filter((comment) => comment.page === index + 1 && !comment.resolved);
            thumb.querySelector(".o_proof_thumb_pins").textContent = here.length || "";
        });
    }

    renderPin(comment, number) {
        const pin = this.element("button", "o_proof_pin", String(number));
        pin.type = "button";
        pin.style.left = `${comment.x * 100}%`;
        pin.style.top = `${comment.y * 100}%`;
        pin.classList.toggle("o_proof_pin_resolved", Boolean(comment.resolved));
        pin.classList.toggle("o_proof_pin_draft", Boolean(comment.draft));
        if (comment.draft) {
            pin.disabled = true;
        } else {
            pin.dataset.comment = comment.id;
            pin.setAttribute("aria-label", _t("Comment %(number)s: %(text)s", { number, text: comment.body.slice(0, 80) }));
            pin.addEventListener("click", () => this.options.goTo(comment, { fromPin: true }));
        }
        return pin;
    }

    renderThread(comment, number) {
        const item = this.element("li", "o_proof_thread");
        item.dataset.comment = comment.id;
        item.classList.toggle("o_proof_thread_resolved", comment.resolved);
        const head = this.element("button", "o_proof_thread_head");
        head.type = "button";
        head.append(
            this.element("span", "o_proof_thread_number", String(number)),
            this.element("span", "o_proof_thread_page", _t("Page %s", comment.page))
        );
        if (comment.revision !== this.options.revisionNumber) {
            head.append(this.element("span", "o_proof_thread_origin", _t("from revision %s", comment.revision)));
        }
        if (comment.resolved) {
            head.append(this.element("span", "o_proof_thread_done", _t("Resolved")));
        }
        head.addEventListener("click", () => this.options.goTo(comment));
        item.append(head, this.renderEntry(comment));
        for (const answer of comment.answers) {
            item.append(this.renderEntry(answer));
        }
        item.append(this.renderThreadActions(comment));
        return item;
    }

    renderEntry(entry) {
        const el = this.element("div", "o_proof_entry");
        el.classList.toggle("o_proof_entry_staff", entry.staff);
        const by = this.element("div", "o_proof_entry_by");
        by.append(
            this.element("b", "", entry.author),
            this.element("time", "", formatDateTime(deserializeDateTime(entry.date), { showSeconds: false }))
        );
        el.append(by, this.element("div", "o_proof_entry_body", entry.body));
        return el;
    }

    renderThreadActions(comment) {
        const actions = this.element("div", "o_proof_thread_actions");
        if (this.options.canComment) {
            const form = this.element("form", "o_proof_answer");
            const input = this.element("input");
            input.type = "text";
            input.maxLength = 4000;
            input.required = true;
            input.placeholder = _t("Answer");
            input.setAttribute("aria-label", _t("Answer"));
            const send = this.element("button", "o_proof_tool");
            send.setAttribute("aria-label", _t("Send the answer"));
            send.append(this.element("i", "fa fa-paper-plane"));
            form.append(input, send);
            form.addEventListener("submit", (ev) => {
                ev.preventDefault();
                this.post({ parent_id: comment.id, body: input.value }, send);
            });
            actions.append(form);
        }
        if (this.options.canResolve) {
            const label = comment.resolved ? _t("Open again") : _t("Resolve");
            const button = this.element("button", "o_proof_resolve", label);
            button.type = "button";
            button.addEventListener("click", async () => {
                button.disabled = true;
                const answer = await this.options.call("/resolve", { comment: comment.id, resolved: !comment.resolved });
                this.comments = answer.comments;
                this.render();
            });
            actions.append(button);
        }
        return actions;
    }

    // Writing -----------------------------------------------------------------

    compose(spot) {
        this.spot = spot;
        this.composer.hidden = false;
        this.error.textContent = "";
        this.render();
        this.text.focus();
    }

    cancel() {
        this.spot = null;
        this.composer.hidden = true;
        this.text.value = "";
        this.render();
    }

    async submit() {
        const values = { page: this.page, x: this.spot.x, y: this.spot.y, body: this.text.value };
        if (await this.post(values, this.composer.querySelector("[type=submit]"))) {
            this.cancel();
        }
    }

    async post(values, button) {
        button.disabled = true;
        try {
            const answer = await this.options.call("/comment", { values });
            this.error.textContent = answer.error || "";
            if (answer.error) {
                return false;
            }
            this.comments = answer.comments;
            this.render();
            return true;
        } finally {
            button.disabled = false;
        }
    }

    highlight(id) {
        for (const item of this.list.children) {
            const on = Number(item.dataset.comment) === id;
            item.classList.toggle("o_proof_thread_current", on);
            if (on) {
                item.scrollIntoView({ block: "nearest", behavior: "smooth" });
            }
        }
    }
}

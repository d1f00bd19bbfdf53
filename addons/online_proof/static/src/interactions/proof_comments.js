import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { describePlace } from "./proof_changes";

/**
 * Return a moment of the server in the reader's time zone, which is named.
 *
 * @param {string} date in UTC
 */
export function formatMoment(date) {
    const moment = deserializeDateTime(date);
    return `${formatDateTime(moment, { showSeconds: false })} ${moment.offsetNameShort}`;
}

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
        // what is being written is not thrown away: its spot stays on its page
        if (this.text.value.trim()) {
            this.render();
        } else {
            this.cancel();
        }
    }

    get openCount() {
        return this.comments.filter((comment) => !comment.resolved).length;
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
        this.list.replaceChildren(
            ...sorted.map((comment, index) => this.renderThread(comment, index + 1))
        );
        const pins = sorted
            .map((comment, index) => [comment, index + 1])
            .filter(([comment]) => comment.page === this.page && !comment.gone)
            .map(([comment, number]) => this.renderPin(comment, number));
        if (this.spot && this.spot.page === this.page) {
            pins.push(this.renderPin({ ...this.spot, draft: true }, "+"));
        }
        this.pins.replaceChildren(...pins);
        this.count.textContent = this.openCount || "";
        this.empty.hidden = this.comments.length > 0 || Boolean(this.spot);
        this.thumbs.forEach((thumb, index) => {
            const here = this.comments.filter(
                (comment) => comment.page === index + 1 && !comment.resolved
            );
            const pins = thumb.querySelector(".o_proof_thumb_pins");
            pins.textContent = here.length || "";
            pins.setAttribute(
                "aria-label",
                here.length === 1 ? _t("1 open comment") : _t("%s open comments", here.length)
            );
            pins.hidden = !here.length;
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
            pin.setAttribute(
                "aria-label",
                _t("Comment %(number)s, %(place)s: %(text)s", {
                    number,
                    place: describePlace(comment.x, comment.y),
                    text: comment.body.slice(0, 80),
                })
            );
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
            this.element(
                "span",
                "o_proof_thread_page",
                comment.page ? _t("Page %s", comment.page) : _t("This page is gone")
            ),
            this.element(
                "span",
                "visually-hidden",
                comment.page && !comment.gone ? describePlace(comment.x, comment.y) : ""
            )
        );
        if (comment.page && comment.gone) {
            head.append(this.element("span", "o_proof_thread_gone", _t("This spot is gone")));
        }
        if (comment.revision !== this.options.revisionNumber) {
            head.append(
                this.element(
                    "span",
                    "o_proof_thread_origin",
                    _t("from revision %s", comment.revision)
                )
            );
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
            this.element("time", "", formatMoment(entry.date))
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
            const error = this.element("div", "text-danger");
            error.setAttribute("role", "alert");
            form.append(input, send, error);
            form.addEventListener("submit", (ev) => {
                ev.preventDefault();
                this.post({ parent_id: comment.id, body: input.value }, send, error);
            });
            actions.append(form);
        }
        if (this.options.canResolve) {
            const label = comment.resolved ? _t("Open again") : _t("Resolve");
            const button = this.element("button", "o_proof_resolve", label);
            button.type = "button";
            button.addEventListener("click", async () => {
                const params = { comment: comment.id, resolved: !comment.resolved };
                if (await this.send("/resolve", params, button, failed)) {
                    this.focusThread(comment.id);
                }
            });
            const failed = this.element("div", "text-danger");
            failed.setAttribute("role", "alert");
            actions.append(button, failed);
        }
        return actions;
    }

    // Writing -----------------------------------------------------------------

    compose(spot) {
        this.spot = { ...spot, page: this.page };
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

    /** Escape closes the composer as long as nothing would be lost. */
    escape() {
        if (!this.text.value.trim()) {
            this.cancel();
        }
    }

    async submit() {
        const known = new Set(this.comments.map((comment) => comment.id));
        const values = { ...this.spot, body: this.text.value };
        if (await this.post(values, this.composer.querySelector("[type=submit]"), this.error)) {
            this.cancel();
            this.focusThread(this.comments.find((comment) => !known.has(comment.id))?.id);
        }
    }

    post(values, button, error) {
        return this.send("/comment", { values }, button, error);
    }

    /** Send something; where that fails, say so beside what was written and keep it. */
    async send(route, params, button, error) {
        button.disabled = true;
        error.textContent = "";
        try {
            const answer = await this.options.call(route, params);
            error.textContent = answer.error || "";
            if (answer.error) {
                return false;
            }
            this.comments = answer.comments;
            this.render();
            return true;
        } catch (failure) {
            error.textContent = this.reasonOf(failure);
            return false;
        } finally {
            button.disabled = false;
        }
    }

    /** Say why something could not be saved; what was written stays in its box. */
    reasonOf(failure) {
        if (failure.exceptionName === "werkzeug.exceptions.NotFound") {
            return _t(
                "This page is not open to you any more. If you signed out, sign in in another tab and send this again."
            );
        }
        if (failure.exceptionName === "werkzeug.exceptions.Gone") {
            return _t(
                "This link does not work any more. Copy what you wrote and ask for a new link."
            );
        }
        return _t("This could not be saved. Check your connection and try again.");
    }

    focusThread(id) {
        const item = [...this.list.children].find((each) => Number(each.dataset.comment) === id);
        item?.querySelector("button").focus();
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

import { _t } from "@web/core/l10n/translation";
import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";
import { ProofComments, formatMoment } from "./proof_comments";
import { ProofCompare } from "./proof_compare";
import { ProofLens } from "./proof_lens";
import { ProofPlates } from "./proof_plates";
import { ProofStage } from "./proof_stage";

const POLL_MILLISECONDS = 900;
const KEY_STEP = 80;
/** How often a server that is busy is asked for a picture again. */
const BUSY_RETRIES = 30;

export class ProofViewer extends Interaction {
    static selector = ".o_proof_viewer";
    dynamicContent = {
        ".o_proof_thumb": {
            "t-on-click": (ev) => this.showPage(Number(ev.currentTarget.dataset.index)),
            "t-on-keydown": this.onThumbKey,
        },
        ".o_proof_tool[data-tool]": {
            "t-on-click": (ev) => this.useTool(ev.currentTarget.dataset.tool),
        },
        ".o_proof_stage": {
            "t-on-keydown": this.onKey,
            "t-on-mousemove": (ev) => this.onPoint(ev.clientX, ev.clientY),
            "t-on-mouseleave": () => this.onLeave(),
        },
        ".o_proof_open_dialog": {
            "t-on-click": (ev) => this.openDialog(ev.currentTarget.dataset.dialog),
        },
        ".o_proof_dialog_close": {
            "t-on-click": (ev) => ev.currentTarget.closest("dialog").close(),
        },
        ".o_proof_dialog form": { "t-on-submit": this.onSubmitOnce },
        ".o_proof_comments_toggle": { "t-on-click": () => this.togglePanel() },
        ".o_proof_comments_close": { "t-on-click": () => this.togglePanel(false) },
        ".o_proof_composer": { "t-on-submit.prevent": () => this.comments.submit() },
        ".o_proof_composer_cancel": { "t-on-click": () => this.comments.cancel() },
        "#o_proof_new_comment": {
            "t-on-keydown": (ev) => ev.key === "Escape" && this.comments.escape(),
        },
        ".o_proof_compare_toggle": {
            "t-on-click": () => this.compare.setActive(!this.compare.active),
        },
        "#o_proof_slider": { "t-on-input": () => this.compare.slide() },
        "#o_proof_marks": { "t-on-change": () => this.compare.mark() },
        "#o_proof_older_select": { "t-on-change": () => this.compare.choose() },
        ".o_proof_next_difference": { "t-on-click": () => this.compare.next() },
        "#o_proof_revision": {
            "t-on-change": (ev) => window.location.assign(ev.currentTarget.value),
        },
        ".o_proof_download": { "t-on-click": this.onDownload },
    };

    setup() {
        this.data = JSON.parse(this.el.dataset.proof);
        this.index = 0;
        this.pinning = false;
        this.trim = false;
        this.paper = false;
    }

    start() {
        this.stage = new ProofStage(this.el.querySelector(".o_proof_stage"), {
            tileSize: this.data.tile,
            tileUrl: (page, column, row) =>
                this.url(`/tile/${page.id}/${column}/${row}`) + (this.paper ? "&paper=1" : ""),
            onSharpen: (squares) => this.plates?.sharpen(squares),
            onTap: (x, y) => this.onTap(x, y),
            onChange: () => this.onStageChange(),
        });
        this.registerCleanup(() => this.stage.destroy());
        this.lens = new ProofLens(this.stage);
        this.compare = new ProofCompare(this.el, this.stage, {
            older: this.data.older,
            url: (path) => this.url(path),
            pages: this.data.pages,
            revision: this.data.revision,
            goTo: (index) => this.showPage(index),
        });
        this.registerCleanup(() => this.compare.destroy());
        this.plates = new ProofPlates(this.el, this.stage, { url: (path) => this.url(path) });
        this.comments = new ProofComments(this.el, {
            comments: this.data.comments,
            canComment: this.data.canComment,
            canResolve: this.data.canResolve,
            revisionNumber: this.data.revisionNumber,
            call: (route, params) => this.call(route, params),
            goTo: (comment, options) => this.goToComment(comment, options),
        });
        this.showPage(0);
        this.showMoments();
        this.call("/opened").catch(() => {}); // only counted: nothing of the reader's is lost
        if (this.el.dataset.dialog) {
            this.openDialog(this.el.dataset.dialog);
        }
        if (!this.data.prepared) {
            this.poll();
        }
    }

    // The server ------------------------------------------------------------------

    url(path) {
        return `${this.data.base}${path}?access_token=${this.data.token}`;
    }

    call(route, params = {}) {
        return rpc(this.data.base + route, {
            ...params,
            revision: this.data.revision,
            access_token: this.data.token,
        });
    }

    async poll() {
        let progress;
        try {
            progress = await this.waitFor(this.call("/progress"));
        } catch {
            this.el.querySelector(".o_proof_progress_text").textContent = _t(
                "The connection is lost. Trying again…"
            );
            this.waitForTimeout(() => this.poll(), 10 * POLL_MILLISECONDS);
            return;
        }
        for (const page of this.data.pages) {
            const state = progress.pages[page.id];
            if (state && state !== page.state) {
                page.state = state;
                this.onPageReady(page);
            }
        }
        const bar = this.el.querySelector(".o_proof_progress");
        bar.setAttribute("aria-valuenow", progress.ready);
        bar.querySelector(".o_proof_progress_bar").style.width =
            `${(100 * progress.ready) / (progress.total || 1)}%`;
        bar.querySelector(".o_proof_progress_text").textContent = _t(
            "%(ready)s of %(total)s pages are ready",
            progress
        );
        bar.hidden = progress.prepared;
        if (progress.prepared) {
            this.el.querySelector(".o_proof_download").removeAttribute("aria-disabled");
        } else {
            this.waitForTimeout(() => this.poll(), POLL_MILLISECONDS);
        }
    }

    onPageReady(page) {
        const index = this.data.pages.indexOf(page);
        const picture = this.el.querySelector(
            `.o_proof_thumb[data-index="${index}"] .o_proof_thumb_picture`
        );
        if (page.state === "ready" && !picture.firstElementChild) {
            const image = document.createElement("img");
            image.alt = "";
            image.src = this.url(`/page/${page.id}/thumbnail`);
            picture.append(image);
        }
        if (index === this.index) {
            this.showPage(index);
        }
    }

    // Pages -----------------------------------------------------------------------

    get page() {
        return this.data.pages[this.index];
    }

    showPage(index) {
        this.index = Math.min(Math.max(index, 0), this.data.pages.length - 1);
        const { page } = this;
        const ready = page.state === "ready";
        const preview = this.stage.preview;
        this.stage.el.classList.toggle("o_proof_waiting", page.state === "waiting");
        this.el.querySelector(".o_proof_failed").hidden = page.state !== "failed";
        preview.hidden = !ready;
        this.stage.setPage(page);
        if (ready) {
            this.showPicture(page);
        }
        this.el.querySelector(".o_proof_page_number b").textContent = page.number;
        this.el.querySelector("#o_proof_page_label").textContent = _t(
            "Page %(number)s, %(width)s × %(height)s mm",
            page
        );
        for (const thumb of this.el.querySelectorAll(".o_proof_thumb")) {
            const current = Number(thumb.dataset.index) === this.index;
            thumb.tabIndex = current ? 0 : -1; // one stop for Tab, the arrow keys go on from there
            if (current) {
                thumb.setAttribute("aria-current", "true");
                this.scrollRail(thumb);
            } else {
                thumb.removeAttribute("aria-current");
            }
        }
        this.showTrim();
        this.comments.setPage(page.number);
        this.compare.show();
        this.plates.setPage();
    }

    /** Show the page on its paper or plainly; while the server is too busy for the paper, plainly, too. */
    showPicture(page) {
        const { preview } = this.stage;
        const plain = this.url(`/page/${page.id}/preview`);
        const source = this.paper ? this.url(`/page/${page.id}/paper`) : plain;
        if (preview.dataset.source === source) {
            return;
        }
        const show = (address) => {
            preview.src = address;
            this.lens.setPage(address);
        };
        preview.dataset.source = source;
        preview.onload = () => this.stage.requestTiles();
        preview.onerror = () => {
            preview.onerror = null;
            if (source !== plain) {
                show(plain);
                this.askAgain(source, show);
            }
        };
        show(source);
    }

    /** Ask for a picture until it is there, or another one is wanted. */
    askAgain(source, show, tries = 1) {
        const wanted = () => this.stage.preview.dataset.source === source && !this.isDestroyed;
        const address = `${source}&try=${tries}`;
        const picture = document.createElement("img");
        picture.onload = () => wanted() && show(address);
        picture.onerror = () => wanted() && this.askAgain(source, show, tries + 1);
        setTimeout(() => {
            if (wanted() && tries <= BUSY_RETRIES) {
                picture.src = address;
            }
        }, 700);
    }

    onPoint(clientX, clientY) {
        this.stage.el.classList.remove("o_proof_reading");
        if (this.plates.active) {
            this.plates.read(this.stage.spotAt(clientX, clientY));
        } else {
            this.lens.move(clientX, clientY);
        }
    }

    onLeave() {
        this.lens.hide();
        this.plates.read(null);
    }

    /** Show the white of the paper and the black that the press really has, or a white as the screen's. */
    setPaper(paper) {
        this.paper = paper;
        this.el.querySelector("[data-tool=paper]").setAttribute("aria-pressed", paper);
        this.showPage(this.index);
    }

    onThumbKey(ev) {
        const last = this.data.pages.length - 1;
        const index = {
            ArrowUp: -1,
            ArrowLeft: -1,
            ArrowDown: 1,
            ArrowRight: 1,
            Home: -last,
            End: last,
        }[ev.key];
        if (index) {
            ev.preventDefault();
            this.showPage(this.index + index);
            this.el.querySelector(`.o_proof_thumb[data-index="${this.index}"]`).focus();
        }
    }

    scrollRail(thumb) {
        const rail = thumb.closest(".o_proof_rail");
        rail.scrollTo({
            top: thumb.offsetTop - rail.clientHeight / 2 + thumb.clientHeight / 2,
            left: thumb.offsetLeft - rail.clientWidth / 2 + thumb.clientWidth / 2,
            behavior: "smooth",
        });
    }

    showTrim() {
        const line = this.el.querySelector(".o_proof_trim");
        const button = this.el.querySelector("[data-tool=trim]");
        button.hidden = !this.page.trim;
        button.setAttribute("aria-pressed", this.trim);
        line.hidden = !this.trim || !this.page.trim;
        if (!line.hidden) {
            const [left, top, right, bottom] = this.page.trim.map((value) => value * 100);
            line.style.inset = `${top}% ${100 - right}% ${100 - bottom}% ${left}%`;
        }
    }

    onStageChange() {
        const percent = Math.round((100 * this.stage.scale) / this.stage.fitScale);
        this.el.querySelector(".o_proof_zoom").textContent = `${percent}%`;
        this.lens?.hide();
    }

    // Tools -----------------------------------------------------------------------

    useTool(tool) {
        const tools = {
            previous: () => this.showPage(this.index - 1),
            next: () => this.showPage(this.index + 1),
            in: () => this.stage.zoomBy(1.5),
            out: () => this.stage.zoomBy(1 / 1.5),
            fit: () => this.stage.fit(),
            trim: () => {
                this.trim = !this.trim;
                this.showTrim();
            },
            pin: () => this.setPinning(!this.pinning),
            paper: () => this.setPaper(!this.paper),
            plates: () => this.plates.setActive(!this.plates.active),
        };
        tools[tool]();
    }

    setPinning(pinning) {
        this.pinning = pinning && this.data.canComment;
        this.el.classList.toggle("o_proof_pinning", this.pinning);
        this.el.querySelector(".o_proof_pin_tool")?.setAttribute("aria-pressed", this.pinning);
        this.lens.hide();
    }

    onTap(clientX, clientY) {
        const spot = this.stage.spotAt(clientX, clientY);
        if (!spot) {
            return;
        }
        if (this.pinning) {
            this.pin(spot);
        } else if (this.plates.active && this.plates.touched) {
            this.plates.read(spot); // a finger has no other way to point
        } else if (this.stage.isFit) {
            this.stage.zoomBy(3, clientX, clientY);
        } else {
            this.stage.fit();
        }
    }

    pin(spot) {
        this.setPinning(false);
        this.togglePanel(true);
        this.comments.compose(spot);
    }

    onKey(ev) {
        if (ev.target !== ev.currentTarget || ev.ctrlKey || ev.metaKey || ev.altKey) {
            return;
        }
        const { stage } = this;
        const middle = () => {
            const box = stage.el.getBoundingClientRect();
            return (
                stage.spotAt(box.left + box.width / 2, box.top + box.height / 2) || {
                    x: 0.5,
                    y: 0.5,
                }
            );
        };
        const keys = {
            "+": () => this.useTool("in"),
            "=": () => this.useTool("in"),
            "-": () => this.useTool("out"),
            0: () => this.useTool("fit"),
            PageUp: () => this.useTool("previous"),
            PageDown: () => this.useTool("next"),
            Home: () => this.showPage(0),
            End: () => this.showPage(this.data.pages.length - 1),
            ArrowLeft: () => (stage.isFit ? this.useTool("previous") : stage.panBy(KEY_STEP, 0)),
            ArrowRight: () => (stage.isFit ? this.useTool("next") : stage.panBy(-KEY_STEP, 0)),
            ArrowUp: () => stage.panBy(0, KEY_STEP),
            ArrowDown: () => stage.panBy(0, -KEY_STEP),
            t: () => this.useTool("trim"),
            i: () => this.useTool("plates"),
            c: () => this.data.canComment && this.pin(middle()),
            Escape: () => this.setPinning(false),
        };
        if (keys[ev.key]) {
            ev.preventDefault();
            keys[ev.key]();
            this.readMiddle(stage.isFit ? null : middle());
        }
    }

    /** Say which inks are in the middle of what is shown: the arrow keys point at nothing else. */
    readMiddle(spot) {
        this.plates.read(spot);
        this.stage.el.classList.toggle("o_proof_reading", Boolean(spot && this.plates.whole));
    }

    // Panels and dialogs --------------------------------------------------------------

    togglePanel(open = !this.el.classList.contains("o_proof_panel_open")) {
        this.el.classList.toggle("o_proof_panel_open", open);
        this.el.querySelector(".o_proof_comments_toggle").setAttribute("aria-expanded", open);
    }

    goToComment(comment, { fromPin = false } = {}) {
        if (!comment.page) {
            this.comments.highlight(comment.id); // the page that it was pinned to is gone
            return;
        }
        if (comment.page !== this.page.number) {
            this.showPage(comment.page - 1);
        }
        if (fromPin) {
            this.togglePanel(true);
        } else if (!comment.gone) {
            this.stage.focusOn(comment.x, comment.y, 2);
        }
        this.comments.highlight(comment.id);
    }

    /** Show decisions in the clock of the comments. */
    showMoments() {
        for (const when of this.el.querySelectorAll(".o_proof_when")) {
            when.textContent = when.dataset.sentence.replace("%s", () =>
                formatMoment(when.dataset.date)
            );
        }
    }

    openDialog(id) {
        const dialog = this.el.querySelector(`#${id}`);
        const hint = dialog?.querySelector(".o_proof_open_hint");
        if (hint) {
            hint.hidden = !this.comments.openCount;
        }
        dialog?.showModal();
    }

    onSubmitOnce(ev) {
        // pressed twice is sent once; the server counts it once in any case
        const button = ev.currentTarget.querySelector("[type=submit]");
        this.waitForTimeout(() => (button.disabled = true), 0);
    }

    onDownload(ev) {
        if (ev.currentTarget.getAttribute("aria-disabled")) {
            ev.preventDefault();
        }
    }
}

registry.category("public.interactions").add("online_proof.viewer", ProofViewer);

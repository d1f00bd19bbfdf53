import { _t } from "@web/core/l10n/translation";
import { describeFile, describePage, describeRegion, describeRegionPlace } from "./proof_changes";

/** Two revisions over each other: a slider between old and new, and the differences marked. */

const BUSY_RETRIES = 20;

export class ProofCompare {
    /**
     * @param {HTMLElement} root the viewer
     * @param {Object} stage
     * @param {Object} options `pages` of this revision, `url(path)`, `goTo(index)`
     */
    constructor(root, stage, options) {
        this.stage = stage;
        this.options = options;
        const find = (selector) => root.querySelector(selector);
        this.bar = find(".o_proof_compare");
        this.toggle = find(".o_proof_compare_toggle");
        this.picture = find(".o_proof_older");
        this.marks = find(".o_proof_differences");
        this.regionsLayer = find(".o_proof_regions");
        this.split = find(".o_proof_split");
        this.slider = find("#o_proof_slider");
        this.select = find("#o_proof_older_select");
        this.marksBox = find("#o_proof_marks");
        this.count = find(".o_proof_difference_count");
        this.fileList = find(".o_proof_changes_file");
        this.pageList = find(".o_proof_changes_page");
        this.spoken = find(".o_proof_spoken");
        this.root = root;
        this.thumbs = root.querySelectorAll(".o_proof_thumb");
        this.active = false;
        this.pairs = null;
        this.results = {};
        this.regions = [];
        this.destroyed = false;
    }

    destroy() {
        this.destroyed = true;
    }

    setActive(active) {
        this.active = active;
        this.bar.hidden = !active;
        this.root.classList.toggle("o_proof_comparing", active);
        this.toggle?.setAttribute("aria-pressed", active);
        this.markThumbs();
        if (active && !this.pairs) {
            this.choose();
        } else {
            this.show();
        }
    }

    /** Compare with the chosen revision: which page is which first, then page by page. */
    async choose() {
        const chosen = this.select.value;
        this.pairs = null;
        this.results = {};
        this.fileList.replaceChildren();
        this.markThumbs();
        this.show();
        this.count.textContent = _t("Comparing…");
        const answer = await this.fetchJson(
            `/comparison/${chosen}`,
            `&revision=${this.options.revision}`
        );
        if (this.destroyed || this.select.value !== chosen) {
            return;
        }
        if (!answer) {
            this.count.textContent = _t("These revisions cannot be compared.");
            return;
        }
        this.pairs = answer.pages;
        this.fileList.replaceChildren(
            ...describeFile(this.pairs).map((text) => this.makeItem(text))
        );
        this.show();
        await this.compareAll(chosen);
    }

    /** Look at every page, so that the strip says where something changed. */
    async compareAll(chosen) {
        for (const pair of this.pairs.filter((each) => each.old && each.new)) {
            if (this.destroyed || !this.active || this.select.value !== chosen) {
                return;
            }
            await this.resultOf(pair);
            this.markThumbs();
        }
    }

    pairOf(page) {
        return this.pairs?.find((pair) => pair.new?.id === page?.id);
    }

    /** Return what differs between the pages of a pair, asked for once. */
    async resultOf(pair) {
        const { id } = pair.new;
        if (!(id in this.results) && pair.old?.ready && pair.new.ready) {
            const result = await this.fetchJson(`/regions/${id}/${pair.old.id}`);
            if (result) {
                this.results[id] = result;
            }
        }
        return this.results[id];
    }

    async show() {
        const page = this.stage.page;
        const pair = this.active ? this.pairOf(page) : null;
        const older = pair?.old?.ready && page.state === "ready" ? pair.old.id : null;
        this.picture.hidden = this.split.hidden = !older;
        this.marks.hidden = true;
        this.regions = [];
        this.regionsLayer.replaceChildren();
        this.pageList.replaceChildren();
        this.pageList.tabIndex = -1;
        this.spoken.textContent = "";
        this.count.textContent = pair?.state === "inserted" ? _t("This page is new.") : "";
        if (!older) {
            return;
        }
        this.picture.src = this.options.url(`/page/${older}/preview`);
        this.slide();
        this.count.textContent = _t("Comparing…");
        const result = await this.resultOf(pair);
        if (
            this.destroyed ||
            this.stage.page !== page ||
            this.pairOf(page) !== pair ||
            !this.active
        ) {
            return;
        }
        if (!result) {
            this.count.textContent = _t("These pages cannot be compared.");
            return;
        }
        this.showResult(page.id, older, result);
    }

    showResult(page, older, result) {
        this.regions = result.regions;
        this.marks.src = this.options.url(`/differences/${page}/${older}`);
        this.regionsLayer.replaceChildren(...this.regions.map((region) => this.makeRegion(region)));
        this.pageList.replaceChildren(...describePage(result).map((text) => this.makeItem(text)));
        const count = changeCount(result);
        this.pageList.tabIndex = count ? 0 : -1; // it scrolls in a narrow window
        this.count.textContent = count === 1 ? _t("1 difference") : _t("%s differences", count);
        this.position = -1;
        this.mark();
        this.markThumbs();
    }

    async fetchJson(path, more = "") {
        for (let tries = 0; tries < BUSY_RETRIES && !this.destroyed; tries++) {
            const response = await fetch(this.options.url(path) + more).catch(() => null);
            if (response?.ok) {
                return response.json();
            }
            if (response?.status !== 503) {
                return null;
            }
            await new Promise((resolve) => setTimeout(resolve, 700));
        }
        return null;
    }

    makeItem(text) {
        const item = document.createElement("li");
        item.textContent = text;
        return item;
    }

    makeRegion(region) {
        const [left, top, right, bottom] = region.box;
        const box = document.createElement("div");
        box.title = describeRegion(region);
        Object.assign(box.style, {
            left: `${left * 100}%`,
            top: `${top * 100}%`,
            width: `${(right - left) * 100}%`,
            height: `${(bottom - top) * 100}%`,
        });
        return box;
    }

    /** Say on the small pages what became of them. */
    markThumbs() {
        this.options.pages.forEach((page, index) => {
            const badge = this.thumbs[index]?.querySelector(".o_proof_thumb_change");
            if (!badge) {
                return;
            }
            const pair = this.active ? this.pairOf(page) : null;
            const texts = [];
            if (pair?.state === "inserted") {
                texts.push(_t("new"));
            } else if (pair?.state === "moved") {
                texts.push(_t("moved, was %s", pair.old.number));
            }
            const count = changeCount(this.results[page.id]);
            if (pair && count) {
                texts.push(count === 1 ? _t("1 difference") : _t("%s differences", count));
            }
            badge.textContent = texts.join(", ");
            badge.dataset.count = texts.length === 1 && count ? count : ""; // all that a phone has place for
            badge.hidden = !texts.length;
        });
    }

    mark() {
        const on = this.active && this.marksBox.checked && this.regions.length > 0;
        this.marks.hidden = !on;
        this.regionsLayer.hidden = !on;
    }

    slide() {
        const value = Number(this.slider.value);
        // left of the line: the old one
        this.picture.style.clipPath = `inset(0 ${100 - value}% 0 0)`;
        this.split.style.left = `${value}%`;
    }

    /** Go to the next difference, of this page and then of the next page that has one. */
    next() {
        if (this.position + 1 < this.regions.length) {
            this.position += 1;
            this.showRegion(this.regions[this.position]);
            return;
        }
        const { pages } = this.options;
        const here = pages.indexOf(this.stage.page);
        const order = [...pages.slice(here + 1), ...pages.slice(0, here + 1)];
        const following = order.find(
            (page) => this.pairOf(page)?.state === "inserted" || changeCount(this.results[page.id])
        );
        if (following && following !== this.stage.page) {
            this.options.goTo(pages.indexOf(following));
        } else {
            this.position = -1;
        }
    }

    /** Bring a difference into the middle, and say it to who cannot see it. */
    showRegion(region) {
        const [left, top, right, bottom] = region.box;
        this.stage.focusOn((left + right) / 2, (top + bottom) / 2, 2.2);
        this.spoken.textContent = _t("Page %(page)s, %(place)s: %(change)s", {
            page: this.stage.page.number,
            place: describeRegionPlace(region),
            change: describeRegion(region),
        });
        const items = [...this.pageList.children].slice(-this.regions.length);
        items.forEach((item, index) => {
            item.classList.toggle("o_proof_change_current", index === this.position);
        });
        items[this.position].scrollIntoView({ block: "nearest" });
    }
}

function changeCount(result) {
    if (!result) {
        return 0;
    }
    const moved = result.shift.some((value) => value) ? 1 : 0;
    return result.regions.length + result.facts.length + moved;
}

/** Two revisions over each other: a slider between old and new, and the differences marked. */

const BUSY_RETRIES = 20;

export class ProofCompare {
    /**
     * @param {HTMLElement} root the viewer
     * @param {Object} stage
     * @param {Object} options `older` revisions, `url(path)`
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
        this.active = false;
        this.regions = [];
    }

    setActive(active) {
        this.active = active;
        this.bar.hidden = !active;
        this.toggle?.setAttribute("aria-pressed", active);
        this.show();
    }

    /** The page of the chosen older revision that stands where the current page stands. */
    get olderPage() {
        const revision = this.options.older.find((other) => other.id === Number(this.select.value));
        const [id, state] = revision?.pages[this.stage.page.number - 1] || [];
        return state === "ready" && this.stage.page.state === "ready" ? id : null;
    }

    async show() {
        const older = this.active && this.stage.page ? this.olderPage : null;
        this.picture.hidden = this.split.hidden = !older;
        this.marks.hidden = true;
        this.regions = [];
        this.regionsLayer.replaceChildren();
        this.count.textContent = "";
        if (!older) {
            return;
        }
        const page = this.stage.page;
        this.picture.src = this.options.url(`/page/${older}/preview`);
        this.slide();
        const regions = await this.fetchRegions(page.id, older);
        if (!regions || this.stage.page !== page || this.olderPage !== older || !this.active) {
            return;
        }
        this.regions = regions;
        this.marks.src = this.options.url(`/differences/${page.id}/${older}`);
        this.regionsLayer.replaceChildren(...regions.map((region) => this.makeRegion(region)));
        this.count.textContent = this.options.countLabel(regions.length);
        this.position = -1;
        this.mark();
    }

    async fetchRegions(page, older) {
        for (let tries = 0; tries < BUSY_RETRIES; tries++) {
            const response = await fetch(this.options.url(`/regions/${page}/${older}`));
            if (response.ok) {
                return (await response.json()).regions;
            }
            if (response.status !== 503) {
                return null;
            }
            await new Promise((resolve) => setTimeout(resolve, 700));
        }
        return null;
    }

    makeRegion([left, top, right, bottom]) {
        const box = document.createElement("div");
        Object.assign(box.style, {
            left: `${left * 100}%`,
            top: `${top * 100}%`,
            width: `${(right - left) * 100}%`,
            height: `${(bottom - top) * 100}%`,
        });
        return box;
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

    next() {
        if (!this.regions.length) {
            return;
        }
        this.position = (this.position + 1) % this.regions.length;
        const [left, top, right, bottom] = this.regions[this.position];
        this.stage.focusOn((left + right) / 2, (top + bottom) / 2, 2.2);
    }
}

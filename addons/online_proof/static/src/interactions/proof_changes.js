import { _t } from "@web/core/l10n/translation";

/** What two revisions differ in, and where on a page something is, as sentences. */

const INKS = {
    cyan: _t("cyan"),
    magenta: _t("magenta"),
    yellow: _t("yellow"),
    black: _t("black"),
};

const PLACES = [
    [_t("top left"), _t("top"), _t("top right")],
    [_t("left"), _t("middle"), _t("right")],
    [_t("bottom left"), _t("bottom"), _t("bottom right")],
];

/** Return in words where on a page a spot is, given as fractions of the page. */
export function describePlace(x, y) {
    const third = (value) => Math.min(Math.max(Math.floor(value * 3), 0), 2);
    return PLACES[third(y)][third(x)];
}

/** Return in words where on its page a region is. */
export function describeRegionPlace({ box: [left, top, right, bottom] }) {
    return describePlace((left + right) / 2, (top + bottom) / 2);
}

/**
 * Return what is said first: what changed in the file as a whole.
 *
 * @param {Object[]} pairs `old`, `new`, `state` of every page
 */
export function describeFile(pairs) {
    const count = (side) => pairs.filter((pair) => pair[side]).length;
    const found = [];
    if (count("old") !== count("new")) {
        found.push(_t("%(old)s pages became %(new)s.", { old: count("old"), new: count("new") }));
    }
    const numbers = (state, side) =>
        pairs
            .filter((pair) => pair.state === state)
            .map((pair) => pair[side].number)
            .join(", ");
    if (numbers("removed", "old")) {
        found.push(_t("Removed: page %s of the old revision.", numbers("removed", "old")));
    }
    if (numbers("inserted", "new")) {
        found.push(_t("New: page %s.", numbers("inserted", "new")));
    }
    if (numbers("moved", "new")) {
        found.push(_t("Moved: page %s.", numbers("moved", "new")));
    }
    return found;
}

/**
 * Return what differs on a page.
 *
 * @param {Object} result `facts`, `shift`, `regions`
 */
export function describePage(result) {
    const found = result.facts.map(describeFact);
    const [right, down] = result.shift;
    if (right || down) {
        found.push(
            _t("Everything moved: %(right)s mm to the right, %(down)s mm down.", { right, down })
        );
    }
    return found.concat(
        result.regions.map((region) =>
            _t("%(change)s (%(place)s)", {
                change: describeRegion(region),
                place: describeRegionPlace(region),
            })
        )
    );
}

function describeFact(fact) {
    const values = { from: fact.from || "–", to: fact.to || "–" };
    const sentences = {
        size: () => _t("The page was %(from)s mm and is %(to)s mm now.", values),
        trim: () => _t("The trimmed page was %(from)s mm and is %(to)s mm now.", values),
        trim_moved: () =>
            _t(
                "The page is cut elsewhere: it was %(from)s mm from the left and the bottom and is %(to)s mm now.",
                values
            ),
        bleed: () =>
            _t(
                "The bleed box was %(from)s mm inside of the page (left / bottom / right / top) and is %(to)s mm now.",
                values
            ),
        art: () =>
            _t(
                "The art box was %(from)s mm inside of the page (left / bottom / right / top) and is %(to)s mm now.",
                values
            ),
        press: () =>
            _t(
                "Printed in another way: the profile was %(from)s and is %(to)s now, and the same inks look otherwise.",
                values
            ),
        kind: () => _t("The page comes from another kind of file."),
        fonts: () => _t("Fonts: %(from)s became %(to)s.", values),
        layers: () => _t("Layers: %(from)s became %(to)s.", values),
        layers_switched: () =>
            _t("Layers that are hidden now: %(from)s; that are visible now: %(to)s.", values),
    };
    return sentences[fact.code]();
}

export function describeRegion(region) {
    const { from, to } = region;
    if (region.kind === "text") {
        if (!to) {
            return _t("“%(from)s” was removed.", { from });
        }
        return from
            ? _t("“%(from)s” became “%(to)s”.", { from, to })
            : _t("“%(to)s” was added.", { to });
    }
    const inks = Object.entries(region.inks || {})
        .map(([name, [before, after]]) => `${INKS[name] || name} ${before} → ${after} %`)
        .join(", ");
    if (region.kind === "ink") {
        return _t("Made of other inks (%(inks)s); it looks nearly the same.", { inks });
    }
    return inks
        ? _t("Another color or picture (%(inks)s; dE %(delta)s).", { inks, delta: region.delta })
        : _t("Another color or picture (dE %(delta)s).", { delta: region.delta });
}

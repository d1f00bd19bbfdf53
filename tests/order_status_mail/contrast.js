() => {
    const linear = (value) => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
    const luminance = (rgb) => {
        const [red, green, blue] = rgb.map((value) => linear(value / 255));
        return red * 0.2126 + green * 0.7152 + blue * 0.0722;
    };
    const color = (text) => text.match(/[\d.]+/g).map(Number);
    const ground = (element) => {
        for (let part = element; part; part = part.parentElement) {
            const found = color(getComputedStyle(part).backgroundColor);
            if (found.length < 4 || found[3] > 0) {
                return found.slice(0, 3);
            }
        }
        return [255, 255, 255];
    };
    let least = 21;
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const element = walker.currentNode.parentElement;
        if (walker.currentNode.data.trim() && element.getClientRects().length) {
            const both = [color(getComputedStyle(element).color).slice(0, 3), ground(element)].map(luminance);
            least = Math.min(least, (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05));
        }
    }
    return least;
}

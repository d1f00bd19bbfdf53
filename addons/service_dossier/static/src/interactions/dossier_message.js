import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";

/**
 * Messages on the dossier's page: the one that a link leads to is opened and shown, and pictures on other
 * servers load when they are clicked (without this script the link opens them).
 */
export class DossierMessages extends Interaction {
    static selector = ".o_dossier_timeline";
    dynamicContent = {
        "a.o_dossier_remote_picture": { "t-on-click.prevent": this.onShowPicture },
    };

    start() {
        const id = window.location.hash.slice(1);
        const message = /^message-\d+$/.test(id) && document.getElementById(id);
        if (message && this.el.contains(message)) {
            message.closest("details.o_dossier_thread")?.setAttribute("open", "open");
            message.scrollIntoView({ block: "start" });
        }
    }

    onShowPicture(ev) {
        const link = ev.currentTarget;
        const picture = document.createElement("img");
        picture.referrerPolicy = "no-referrer";
        picture.alt = link.textContent;
        picture.className = "img-fluid";
        picture.src = link.href;
        link.replaceWith(picture);
    }
}

registry.category("public.interactions").add("service_dossier.dossier_messages", DossierMessages);

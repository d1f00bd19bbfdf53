// PromoStandards' services and WS-Security, as node's `soap` package understands them: it knows nothing of our code.
"use strict";
const crypto = require("crypto");
const fs = require("fs");
const http = require("http");
const path = require("path");

const [modules, folder, port] = process.argv.slice(2);
const soap = require(path.join(modules, "node_modules", "soap"));
const PASSWORD = "p&ss<1";
const orders = new Map();

function said(code, description) {
    return { ServiceMessageArray: { ServiceMessage: [{ code, description, severity: "Error" }] } };
}

const promostandards = {
    purchase_order: {
        POService: {
            POServicePort: {
                sendPO({ id, password, PO }) {
                    if (id !== "garage" || password !== PASSWORD) {
                        return said(105, "Authentication Credentials failed");
                    }
                    if (orders.has(PO.orderNumber)) {
                        return said(200, "Duplicated transaction detected.  PO was not submitted.");
                    }
                    orders.set(PO.orderNumber, [].concat(PO.LineItemArray.LineItem));
                    return { transactionId: String(4710 + orders.size) };
                },
            },
        },
    },
    inventory: {
        InventoryService: {
            InventoryServicePort: {
                getInventoryLevels({ productId }) {
                    if (productId === "NONE") {
                        return said(600, "Product Id not found");
                    }
                    return {
                        Inventory: {
                            productId,
                            PartInventoryArray: {
                                PartInventory: [
                                    {
                                        partId: productId,
                                        mainPart: true,
                                        quantityAvailable: { Quantity: { uom: "EA", value: "7" } },
                                        manufacturedItem: false,
                                        buyToOrder: false,
                                    },
                                ],
                            },
                        },
                    };
                },
            },
        },
    },
};

const standard = {
    SupplierOrderService: {
        SupplierOrderPort: {
            Test() {
                return { text: "Hello from node" };
            },
        },
    },
};

function fits({ UsernameToken, Timestamp }) {
    if (!UsernameToken || UsernameToken.Username !== "garage") {
        return false;
    }
    if (Timestamp && !(new Date(Timestamp.Expires) > new Date() && new Date(Timestamp.Created) <= new Date())) {
        return false;
    }
    const given = UsernameToken.Password;
    if (given.attributes.Type.endsWith("#PasswordText")) {
        return given.$value === PASSWORD;
    }
    const nonce = Buffer.from(UsernameToken.Nonce.$value, "base64");
    const digest = crypto.createHash("sha1").update(nonce).update(UsernameToken.Created + PASSWORD).digest("base64");
    return given.$value === digest;
}

const server = http.createServer((request, response) => response.end());
server.listen(Number(port), "127.0.0.1", () => {
    for (const [name, services] of Object.entries(promostandards)) {
        const file = path.join(folder, "promostandards", `${name}.wsdl`);
        soap.listen(server, { path: `/${name}`, services, xml: fs.readFileSync(file, "utf8"), uri: file });
    }
    const file = path.join(folder, "../demo/suppliers/standard/supplier_order.wsdl");
    const secured = soap.listen(server, { path: "/secured", services: standard, xml: fs.readFileSync(file, "utf8"), uri: file });
    secured.authenticate = (security) => Boolean(security) && fits(security);
    console.log("ready");
});

// A supplier built on node's `soap` package: it gets the addon's WSDL and knows nothing of the sandbox.
"use strict";
const fs = require("fs");
const http = require("http");
const path = require("path");

const [modules, wsdl, port] = process.argv.slice(2);
const soap = require(path.join(modules, "node_modules", "soap"));

const orders = new Map();

function state(order, duplicate) {
    return {
        messageId: order.messageId,
        responseCode: "AP",
        duplicate,
        supplierReference: "NODE-1",
        currency: order.currency,
        line: [].concat(order.line).map((line) => ({
            position: line.position,
            status: "Confirmed",
            quantity: line.quantity,
            price: "12.5",
        })),
    };
}

const service = {
    SupplierOrderService: {
        SupplierOrderPort: {
            PlaceOrder(order) {
                const known = orders.has(order.messageId);
                if (!known) {
                    orders.set(order.messageId, order);
                }
                return { order: state(orders.get(order.messageId), known) };
            },
            GetOrderStatus({ messageId }) {
                const order = orders.get(messageId);
                return order ? { known: true, order: state(order, false) } : { known: false };
            },
            CheckAvailability({ currency, part }) {
                const offer = [].concat(part).map(({ partNumber }) => ({ partNumber, price: "9.99", available: "3" }));
                return { currency, offer };
            },
            Test({ customerNumber }) {
                if (customerNumber === "nobody") {
                    throw { Fault: { faultcode: "soap:Client", faultstring: "Unknown customer", statusCode: 500 } };
                }
                return { text: "Hello from node" };
            },
        },
    },
};

const server = http.createServer((request, response) => response.end());
server.listen(Number(port), "127.0.0.1", () => {
    soap.listen(server, { path: "/standard", services: service, xml: fs.readFileSync(wsdl, "utf8"), uri: wsdl });
    console.log("ready");
});

// Reads a list of HTML texts, prints for each what mail programs do not support: [{feature: [clients]}].
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(`${process.argv[2]}/package.json`);
const { caniemail } = await import(pathToFileURL(require.resolve("caniemail")));
const clients = ["gmail.*", "outlook.*", "apple-mail.*", "yahoo.*", "thunderbird.*", "samsung-email.*"];
const found = JSON.parse(readFileSync(0, "utf8")).map((html) => {
    const { issues } = caniemail({ clients, html });
    const features = {};
    for (const [client, list] of issues.errors ?? []) {
        for (const { title } of list) {
            (features[title] ??= []).push(client);
        }
    }
    return features;
});
process.stdout.write(JSON.stringify(found));

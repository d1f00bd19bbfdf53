// The rules of Odoo's own tooling (addons/web/tooling and test_lint); prettier formats.
const browser = [
    "AbortController",
    "DataTransfer",
    "FormData",
    "KeyboardEvent",
    "ResizeObserver",
    "URL",
    "URLSearchParams",
    "XMLHttpRequest",
    "clearTimeout",
    "console",
    "document",
    "fetch",
    "setTimeout",
    "window",
];

export default [
    {
        files: ["addons/**/*.js"],
        languageOptions: {
            ecmaVersion: 2022,
            sourceType: "module",
            globals: Object.fromEntries(
                [...browser, "odoo", "luxon"].map((name) => [name, "readonly"])
            ),
        },
        rules: {
            "no-undef": "error",
            "no-restricted-globals": ["error", "event", "self"],
            "no-const-assign": "error",
            "no-debugger": "error",
            "no-dupe-class-members": "error",
            "no-dupe-keys": "error",
            "no-dupe-args": "error",
            "no-dupe-else-if": "error",
            "no-unsafe-negation": "error",
            "no-duplicate-imports": "error",
            "valid-typeof": "error",
            "no-unused-vars": [
                "error",
                { vars: "all", args: "none", ignoreRestSiblings: false, caughtErrors: "all" },
            ],
            curly: ["error", "all"],
            "prefer-const": ["error", { destructuring: "all", ignoreReadBeforeAssign: true }],
            "arrow-body-style": ["error", "as-needed"],
            "no-restricted-syntax": [
                "error",
                "PrivateIdentifier",
                {
                    selector:
                        "ClassDeclaration[superClass.name='Component']:not(:has(ClassBody.body > PropertyDefinition[key.name='props'][static='true']))",
                    message: "A component declares static props.",
                },
                {
                    selector:
                        "ClassDeclaration[superClass.name='Component']:not(:has(ClassBody.body > PropertyDefinition[key.name='template'][static='true']))",
                    message: "A component declares a static template.",
                },
                {
                    selector: "CallExpression[callee.name='_t'] > :first-child[value=/(.*%s){2,}/]",
                    message: "Name the placeholders of a translated text.",
                },
            ],
        },
    },
];

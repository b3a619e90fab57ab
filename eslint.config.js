/**
 * What oxlint cannot see: Svelte files, and constructs this house forbids (each names itself). No types are read here:
 * with them 35 small Svelte files took half a minute. Promises nobody waits for are oxlint's, types svelte-check's.
 */
import svelte from "eslint-plugin-svelte";
import { parser, plugin } from "typescript-eslint";
import svelteConfig from "./svelte.config.js";

/** No byte may reach a shell and no text may become code (NA1). */
const NO_SHELL = [
  {
    selector: "MemberExpression[object.name='Bun'][property.name='$']",
    message: "no-shell: Bun.$ runs a shell. Use Bun.spawn with an argument list.",
  },
  {
    selector: "ImportDeclaration[source.value='bun'] > ImportSpecifier[imported.name='$']",
    message: "no-shell: $ of bun runs a shell. Use Bun.spawn with an argument list.",
  },
  {
    selector:
      "ImportDeclaration[source.value=/^(node:)?child_process$/] > :matches(ImportDefaultSpecifier, ImportNamespaceSpecifier, ImportSpecifier[imported.name=/^exec(Sync)?$/])",
    message: "no-shell: exec runs a shell. Use Bun.spawn with an argument list.",
  },
  {
    selector:
      "CallExpression:matches([callee.property.name=/^(spawn|execFile)(Sync)?$/], [callee.name=/^(spawn|execFile)(Sync)?$/]) Property[key.name='shell']",
    message: "no-shell: `shell` hands the arguments to a shell.",
  },
  {
    selector:
      "CallExpression[callee.name='eval'], NewExpression[callee.name='Function'], CallExpression[callee.name='Function']",
    message: "no-code-from-text: eval and new Function turn text into code.",
  },
  {
    selector: "NewExpression[callee.object.name='vm'], ImportDeclaration[source.value=/^(node:)?vm$/]",
    message: "no-code-from-text: node:vm turns text into code.",
  },
];

const HOUSE = [
  ...NO_SHELL,
  {
    selector: "ExportDefaultDeclaration",
    message: "no-default-export: a thing has one name, the same wherever it is imported.",
  },
  {
    selector:
      "MemberExpression[object.name=/^(test|it|describe)$/][property.name=/^(skip|only|todo|failing|skipIf|todoIf)$/]",
    message: "no-skipped-test: a test runs everywhere or is not there.",
  },
  {
    selector: "ExpressionStatement > CallExpression[callee.object.property.name=/^(rejects|resolves)$/]",
    message: "awaited-expectation: without await, Bun turns the event loop inside the call, which may never end.",
  },
];

const NO_ENVIRONMENT = [
  {
    selector: "MemberExpression[object.name=/^(process|Bun)$/][property.name='env']",
    message: "environment-only-in-main: main.ts reads the environment and hands on what is needed.",
  },
  {
    selector: "MemberExpression[object.type='MetaProperty'][property.name='env']",
    message: "environment-only-in-main: main.ts reads the environment and hands on what is needed.",
  },
];

const NO_CLOCK = [
  {
    selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
    message: "clock-is-an-argument: take a Clock (server/clock.ts) and ask it.",
  },
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: "clock-is-an-argument: take a Clock (server/clock.ts) and ask it.",
  },
];

/** The content security policy refuses it; `style:name={value}` goes through the object model and is allowed. */
const NO_STYLE_ATTRIBUTE = {
  selector: "SvelteAttribute[key.name='style']",
  message: "no-style-attribute: the content security policy refuses it. Use a class, or style:name={value}.",
};

const restricted = (...rules) => ({ "no-restricted-syntax": ["error", ...rules.flat()] });
const TESTS = ["**/*.test.ts", "*/test/**"];
/** Types of what is no TypeScript; nothing in them runs. */
const DECLARATIONS = "**/*.d.ts";

export default [
  { ignores: ["vite.config.ts", "gen/", "dist/", "data/", "node_modules/", "tools/bun/"] },
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  ...svelte.configs["flat/recommended"],
  {
    files: ["**/*.ts"],
    ignores: [DECLARATIONS],
    languageOptions: { parser },
    rules: restricted(HOUSE),
  },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: {
      parserOptions: { parser, svelteConfig },
    },
    plugins: { "@typescript-eslint": plugin },
    rules: {
      ...restricted(NO_SHELL, NO_STYLE_ATTRIBUTE),
      "svelte/no-at-html-tags": "error",
      // svelte-check knows which warnings there are; without types this rule guesses.
      "svelte/no-unused-svelte-ignore": "off",
      // What need not be reactive is a plain Map or Set.
      "svelte/prefer-svelte-reactivity": "off",
      "svelte/no-target-blank": "error",
      "svelte/button-has-type": "error",
      "svelte/no-at-debug-tags": "error",
      "svelte/block-lang": ["error", { script: "ts" }],
      "@typescript-eslint/no-explicit-any": "error",
    },
  },
  {
    files: ["{server,agent,protocol}/**/*.ts"],
    ignores: [...TESTS, DECLARATIONS],
    rules: restricted(HOUSE, NO_ENVIRONMENT),
  },
  {
    files: ["{server,protocol}/**/*.ts"],
    ignores: [...TESTS, DECLARATIONS, "**/*clock.ts"],
    rules: restricted(HOUSE, NO_ENVIRONMENT, NO_CLOCK),
  },
  { files: ["{server,agent}/main.ts"], rules: restricted(HOUSE) },
];

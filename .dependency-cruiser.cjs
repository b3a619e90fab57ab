/** Who may import whom: docs/architecture.md says why. A broken rule is printed with its name and the two files. */
const PRODUCT_PAGES = "^ui/(login|console|portal|appliance|connection)/";
const TESTS = "\\.test\\.ts$";

module.exports = {
  forbidden: [
    {
      name: "programs-share-only-protocol",
      comment:
        "ui, server and agent are three programs. What two of them must agree on belongs to protocol/. The server's tests " +
        "ask root's own helper of the appliance.",
      severity: "error",
      from: { path: "^(server|ui|agent)/", pathNot: "^ui/test/|^server/test/peers/system-helper-peer\\.ts$" },
      to: { path: "^(server|ui|agent|appliance|tools)/", pathNot: "^$1/" },
    },
    {
      name: "programs-share-only-protocol",
      comment: "tools/ and appliance/ build and try the programs from outside; they read protocol/ at most.",
      severity: "error",
      from: { path: "^(tools|appliance)/", pathNot: "^(tools/bench|appliance/test)/" },
      to: { path: "^(server|ui|agent)/" },
    },
    {
      name: "programs-share-only-protocol",
      comment: "The image's tests use the browser that the pages' tests use, and nothing of the programs.",
      severity: "error",
      from: { path: "^appliance/test/" },
      to: { path: "^(server|agent|ui/(?!test/harness/)|appliance/(?!test/|image/))" },
    },
    {
      name: "programs-share-only-protocol",
      comment:
        "The browser's tests drive the built programs from outside; what starts them lies in tools/. The mail server, the maker of " +
        "keys, the service manager's socket and the identity provider that the server's tests start are other people's programs, and the same for both.",
      severity: "error",
      from: { path: "^ui/test/" },
      to: {
        path: "^(server|agent|appliance|ui/(?!test/))",
        pathNot:
          "^server/test/(key-maker|mail-sink|notify-sink|peers/(oidc-peer|unruly-oidc-peer|simple-saml-php|slapd))\\.ts$",
      },
    },
    {
      name: "protocol-imports-nothing",
      comment: "protocol/ is pure and runs in all three programs: TypeBox is all it may import.",
      severity: "error",
      from: { path: "^protocol/", pathNot: TESTS },
      to: { pathNot: "^protocol/|(^|/)node_modules/@sinclair/typebox/" },
    },
    {
      name: "policy-is-pure",
      comment: "A permission decision depends on its arguments alone.",
      severity: "error",
      from: { path: "^server/policy/", pathNot: TESTS },
      to: { pathNot: "^server/policy/|^protocol/|^server/actor\\.ts$|(^|/)node_modules/@sinclair/typebox/" },
    },
    {
      name: "store-is-private",
      comment: "SQL of a noun is asked for through the noun, so that its rules always apply.",
      severity: "error",
      from: { path: "^server/([^/]+)/" },
      to: { path: "^server/[^/]+/[^/]*store\\.ts$", pathNot: "^server/$1/" },
    },
    {
      name: "store-is-private",
      comment: "SQL of a noun is asked for through the noun, so that its rules always apply.",
      severity: "error",
      from: { path: "^(server/[^/]+$|ui/|agent/|tools/)" },
      to: { path: "^server/[^/]+/[^/]*store\\.ts$" },
    },
    {
      name: "routes-only-from-http",
      comment:
        "A route is reached through http.ts and its permission check; server.ts and rooms.ts name it to wire it.",
      severity: "error",
      from: { path: "^server/", pathNot: `^server/(http|server|rooms)\\.ts$|${TESTS}` },
      to: { path: "^server/[^/]+/[^/]*routes\\.ts$" },
    },
    {
      name: "elysia-only-at-edge",
      comment: "Elysia is the HTTP edge's affair.",
      severity: "error",
      from: { pathNot: "^server/http\\.ts$" },
      to: { path: "(^|/)node_modules/elysia/" },
    },
    {
      name: "kysely-only-in-store",
      comment: "SQL is written in store.ts alone, beside the database's own folder and the audit log.",
      severity: "error",
      from: { pathNot: "(^|[/-])store(\\.test)?\\.ts$|^server/(database|audit)/|^tools/bench/" },
      to: { path: "(^|/)node_modules/kysely(-bun-sqlite)?/" },
    },
    {
      name: "kit-knows-no-product",
      comment: "ui/kit/ is buttons, tables and dialogs; it says no word of the product.",
      severity: "error",
      from: { path: "^ui/(kit|design)/" },
      to: { path: PRODUCT_PAGES },
    },
    {
      name: "pages-are-apart",
      comment: "/login, /console and the portal are loaded one by one; what they share is kit, design or connection.",
      severity: "error",
      from: { path: "^ui/(login|console|portal|appliance)/" },
      to: { path: "^ui/(login|console|portal|appliance)/", pathNot: "^ui/$1/" },
    },
    {
      name: "no-cycles",
      comment: "Two files that import each other are one file.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "nothing-unresolved",
      comment: "An import that leads nowhere.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true, pathNot: "^bun(:|$)" },
    },
    {
      name: "no-dev-dependencies-in-programs",
      comment: "What is compiled into a program is a dependency, not a development one.",
      severity: "error",
      from: { path: "^(server|agent|protocol)/", pathNot: `${TESTS}|^server/test/` },
      to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only"] },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^gen/|\\.bin$" },
    builtInModules: { add: ["bun", "bun:test", "bun:ffi", "bun:sqlite", "bun:jsc"] },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["bun", "svelte", "import", "default"],
    },
  },
};

import { resolve } from "node:path";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";
import { languagesPlugin } from "./tools/languages/vite-plugin.ts";

const ui = resolve(import.meta.dirname, "ui");

/** How the four pages are built. Nothing is inlined: the content security policy allows no inline script or style. */
export default defineConfig({
  root: ui,
  base: "/",
  plugins: [languagesPlugin(), svelte()],
  logLevel: "warn",
  build: {
    outDir: resolve(import.meta.dirname, "gen/ui"),
    emptyOutDir: true,
    target: "esnext",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1_000,
    rolldownOptions: {
      // Two plugins compile what is not JavaScript; that they take most of the time is no news.
      checks: { bundlerTimings: false },
      input: {
        login: resolve(ui, "login/index.html"),
        console: resolve(ui, "console/index.html"),
        portal: resolve(ui, "portal/index.html"),
        appliance: resolve(ui, "appliance/index.html"),
      },
    },
  },
});

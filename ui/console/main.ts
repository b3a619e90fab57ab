import { mount } from "svelte";
import "../design/tokens.css";
import "../design/base.css";
import { takesBrowser } from "../kit/current-browser.ts";
import { theme } from "../kit/theme.svelte.ts";
import { language } from "../languages/language.ts";

theme.start();
const target = document.getElementById("console");
if (target === null) throw new Error("The page has no place for the console.");
if (takesBrowser()) {
  // Constants of modules hold texts too, so what has texts is loaded once the language is.
  await language.start("console");
  const { default: App } = await import("./App.svelte");
  mount(App, { target });
}

/** /appliance: sign-in, and what concerns the machine itself. */
import "../design/tokens.css";
import "../design/base.css";
import { mount } from "svelte";
import { takesBrowser } from "../kit/current-browser.ts";
import { theme } from "../kit/theme.svelte.ts";
import { language } from "../languages/language.ts";

theme.start();
const target = document.querySelector("#appliance");
if (target === null) throw new Error("index.html has no #appliance");
if (takesBrowser()) {
  // Constants of modules hold texts too, so what has texts is loaded once the language is.
  await language.start("appliance");
  const { default: App } = await import("./App.svelte");
  mount(App, { target });
}

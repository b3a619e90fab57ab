/** /: the site's public page. */
import "../design/tokens.css";
import "../design/base.css";
import { mount } from "svelte";
import { theme } from "../kit/theme.svelte.ts";
import { language } from "../languages/language.ts";

theme.start();
const target = document.querySelector("#portal");
if (target === null) throw new Error("index.html has no #portal");
// Constants of modules hold texts too, so what has texts is loaded once the language is.
await language.start("portal");
const { default: App } = await import("./App.svelte");
mount(App, { target });

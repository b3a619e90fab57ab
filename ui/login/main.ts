/** /login: set-up, sign-in and administration. */
import "../design/tokens.css";
import "../design/base.css";
import { mount } from "svelte";
import { theme } from "../kit/theme.svelte.ts";
import App from "./App.svelte";

theme.start();
const target = document.querySelector("#login");
if (target === null) throw new Error("index.html has no #login");
mount(App, { target });

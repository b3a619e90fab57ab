import { mount } from "svelte";
import "../design/tokens.css";
import "../design/base.css";
import { theme } from "../kit/theme.svelte.ts";
import App from "./App.svelte";

theme.start();
const target = document.getElementById("console");
if (target === null) throw new Error("The page has no place for the console.");
mount(App, { target });

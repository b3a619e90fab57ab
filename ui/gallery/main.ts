/** A page of the kit's pieces, for its tests and for looking at them. It is part of no program. */
import "../design/tokens.css";
import "../design/base.css";
import { mount } from "svelte";
import { theme } from "../kit/theme.svelte.ts";
import Gallery from "./Gallery.svelte";

theme.start();
const target = document.querySelector("#gallery");
if (target === null) throw new Error("index.html has no #gallery");
mount(Gallery, { target });

/** Which page of /login shows. */
import { Router } from "../kit/router.svelte.ts";

/** The page's router. */
export const router = new Router("/login");

/** Pages of /login load what they show by it. */
export { Resource } from "../connection/resource.svelte.ts";

/** A backup on its way from this browser; it goes on while other pages of the appliance show. */
import { SlicedUpload } from "../upload/sliced-upload.svelte.ts";

/** The page's upload. */
export const restoreUpload = new SlicedUpload();

/** An update package on its way from this browser. It goes on while other pages of the appliance show. */
import { ReceivedContent, Update, Updates } from "../../../protocol/api/appliance/updates.ts";
import { AppError } from "../../../protocol/errors.ts";
import { api } from "../../connection/api.ts";
import { SlicedUpload } from "../upload/sliced-upload.svelte.ts";

const PATH = "/api/appliance/updates";

export class BundleUpload {
  readonly slices = new SlicedUpload();
  /** Which update is sent; "": none. */
  id = $state("");
  /** Why it could not begin or go on. */
  problem = $state("");

  /** Begins a new update with this file. @returns once it is sent, or was not */
  async begin(file: File, onBegun: () => Promise<void>): Promise<void> {
    this.problem = "";
    try {
      const update = await api.post(PATH, { name: file.name, sizeBytes: file.size }, Update);
      this.id = update.id;
      await onBegun();
      await this.#send(update, file);
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error);
    }
  }

  /** Goes on with an upload that broke off. */
  async goOn(update: Update, file: File): Promise<void> {
    this.problem = "";
    if (file.size !== update.sizeBytes) {
      this.problem = "This file has another size, so it is not the one that was begun.";
      return;
    }
    this.id = update.id;
    await this.#send(update, file);
  }

  async #send({ id, receivedBytes }: Update, file: File): Promise<void> {
    const target = {
      put: async (slice: Blob, offset: number, signal: AbortSignal) => {
        const options = { query: { offset }, signal };
        return (await api.put(`${PATH}/${id}/content`, slice, ReceivedContent, options)).receivedBytes;
      },
      received: async () => {
        const { current } = await api.get(PATH, Updates);
        if (current?.id !== id) throw new AppError("update.invalid", "This update was cancelled meanwhile.");
        return current.receivedBytes;
      },
    };
    await this.slices.send(file, target, receivedBytes);
    this.problem = this.slices.problem;
  }
}

/** The page's upload. */
export const bundleUpload = new BundleUpload();

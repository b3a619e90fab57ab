import { createPublicKey, type KeyObject } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Slot, SlotState } from "../../protocol/appliance/system-actions.ts";
import type { UpdateManifest } from "../../protocol/appliance/update-manifest.ts";
import { AppError } from "../../protocol/errors.ts";
import type { System } from "../system/system.ts";
import type { OpenBlockDevice } from "./block-device.ts";
import { otherSlot } from "./boot-counters.ts";
import { type Bundle, type ImageName, imageNames, readBundle } from "./bundle.ts";
import { type BundleFile, openBundleFile } from "./bundle-file.ts";
import { checkImage, writeImage } from "./image-writer.ts";
import type { Slots } from "./slots.ts";

/** How staging goes on, and whether it should. */
export interface StagingProgress {
  readonly signal: AbortSignal;
  /** In bytes of all images, unpacked, each counted twice: as it is checked and as it is written. */
  report(done: number, total: number): void;
}

/** Writes updates into the slot that does not run; one at a time. */
export class UpdateStaging {
  #isRunning = false;

  constructor(
    private readonly system: System,
    private readonly slots: Slots,
    private readonly openDevice: OpenBlockDevice,
  ) {}

  /**
   * Checks a bundle, writes it into the other slot and reads it back. What the next start takes stays as it is.
   * @param name a file in the server's folder for updates
   * @throws {AppError} not_found, update.invalid, update.foreign, update.older, update.running, request.conflict, transfer.cancelled
   */
  async stage(name: string, progress: StagingProgress): Promise<SlotState> {
    if (this.#isRunning)
      throw new AppError("update.running", "Another update is being written. Wait until it is done, or cancel it.");
    this.#isRunning = true;
    try {
      using file = openBundleFile(this.system.paths.updates, name);
      const bundle = readBundle(file, this.readKey());
      this.checkRelease(bundle.manifest);
      return await this.write(file, bundle, progress);
    } finally {
      this.#isRunning = false;
    }
  }

  private readKey(): KeyObject {
    try {
      return createPublicKey(readFileSync(join(this.system.paths.release, "update.pub")));
    } catch (cause) {
      throw new AppError("system.unavailable", "This system has no key to check updates with, so it takes none.", {
        cause,
      });
    }
  }

  private checkRelease(manifest: UpdateManifest): void {
    const running = this.slots.runningVersion;
    if (Bun.semver.order(manifest.version, running) < 0) {
      throw new AppError(
        "update.older",
        `The bundle holds ${manifest.version}; ${running} runs. An older version is not installed; a version that is still in the other slot can be started again.`,
      );
    }
    if (Bun.semver.order(running, manifest.minimumVersion) < 0) {
      throw new AppError(
        "update.invalid",
        `${manifest.version} can only follow ${manifest.minimumVersion} or newer; ${running} runs. Install ${manifest.minimumVersion} first.`,
      );
    }
    if (!this.slots.state(this.slots.running).isGood) {
      throw new AppError(
        "request.conflict",
        `${running} has not been seen to work yet, so the other version stays as the way back. Try again once the appliance says that it is healthy.`,
      );
    }
  }

  private checkSize(slot: Slot, name: ImageName, { images }: UpdateManifest): void {
    using device = this.openDevice(`${name}-${slot}`);
    if (images[name].size <= device.sizeBytes) return;
    throw new AppError(
      "update.invalid",
      `The bundle's ${name} image has ${images[name].size} bytes, and its slot ${device.sizeBytes}. Nothing was changed.`,
    );
  }

  private async write(
    file: BundleFile,
    { manifest, images: packed }: Bundle,
    progress: StagingProgress,
  ): Promise<SlotState> {
    const slot = otherSlot(this.slots.running);
    const total = 2 * (manifest.images.boot.size + manifest.images.root.size);
    let done = 0;
    const passed = (bytes: number): void => progress.report((done += bytes), total);
    const imageProgress = { signal: progress.signal, passed };
    for (const name of imageNames) this.checkSize(slot, name, manifest);
    for (const name of imageNames) await checkImage(file, packed[name], manifest.images[name], imageProgress);
    this.slots.close(slot);
    for (const name of imageNames) {
      using device = this.openDevice(`${name}-${slot}`);
      await writeImage(file, packed[name], manifest.images[name], device, imageProgress);
    }
    this.slots.open(slot, manifest);
    return this.slots.state(slot);
  }
}

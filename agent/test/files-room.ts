/** The real files tool in a temporary directory, asked as a session's lane asks it. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { channelWindows } from "../../protocol/channel.ts";
import type { SupportSessionId } from "../../protocol/ids.ts";
import { SLICE_BYTES } from "../../protocol/messages/transfers.ts";
import type { ToolParams, ToolResult, ToolType } from "../../protocol/messages.ts";
import { createFilesTool } from "../files/files-tool.ts";
import type { AgentChannel, SessionTool } from "../session-tool.ts";
import { LoopbackChannel } from "./loopback-channel.ts";
import { makeId } from "./test-site.ts";

export const sha256 = (bytes: Uint8Array | string): string => createHash("sha256").update(bytes).digest("base64url");

/** Random bytes of any length. */
export function randomContent(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; at += 65_536) crypto.getRandomValues(bytes.subarray(at, Math.min(at + 65_536, length)));
  return bytes;
}

const isTrue = (): boolean => true;

export interface AskOptions {
  readonly channel?: AgentChannel;
  readonly signal?: AbortSignal;
  readonly onProgress?: () => void;
}

export class FilesRoom implements AsyncDisposable {
  /** What the test works in. */
  readonly directory = mkdtempSync(join(tmpdir(), "causeway-files-"));
  readonly stateDirectory = mkdtempSync(join(tmpdir(), "causeway-state-"));
  readonly session = makeId() as SupportSessionId;
  readonly #mounts: string[] = [];
  #tool = this.#create();

  #create(): SessionTool {
    const { session, stateDirectory } = this;
    return createFilesTool({ session, stateDirectory, emit: () => undefined });
  }

  get tool(): SessionTool {
    return this.#tool;
  }

  path(...names: string[]): string {
    // Not path.join: it turns lone surrogates into replacement characters.
    return [this.directory, ...names].join("/");
  }

  async ask<T extends ToolType>(type: T, params: ToolParams<T>, options: AskOptions = {}): Promise<ToolResult<T>> {
    const handler = this.#tool.handlers[type];
    if (handler === undefined) throw new Error(`nobody answers ${type}`);
    const { channel = null, signal = new AbortController().signal, onProgress } = options;
    return handler({ params, channel, signal, progress: () => onProgress?.() });
  }

  /** The agent starts anew: nothing is told, what was open is closed, what is on the disk stays. */
  restart(): void {
    this.#tool[Symbol.dispose]();
    this.#tool = this.#create();
  }

  /** Mounts a small file system of its own; for a full or a read-only disk. */
  mount(name: string, options: string): string {
    const path = this.path(name);
    mkdirSync(path, { recursive: true });
    const { status, stderr } = spawnSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", path]);
    if (status !== 0) throw new Error(`mount failed: ${stderr}`);
    this.#mounts.push(path);
    return path;
  }

  /** Mounts the same again with other options. */
  remount(path: string, options: string): void {
    spawnSync("mount", ["-o", `remount,${options}`, path]);
  }

  async begin(directory: string, name: string, content: Uint8Array, more: Partial<ToolParams<"upload.begin">> = {}) {
    const transfer = makeId();
    const params = {
      transfer,
      directory,
      name,
      sizeBytes: content.length,
      modifiedAt: null,
      conflict: "refuse" as const,
      ...more,
    };
    return { ...(await this.ask("upload.begin", params)), transfer: params.transfer, params };
  }

  /** Sends the slice at `offset`; its bytes come in frames, as on a lane. */
  async slice(transfer: string, content: Uint8Array, offset: number, announced?: string): Promise<number> {
    const slice = content.subarray(offset, offset + SLICE_BYTES);
    const channel = new LoopbackChannel(1, 0);
    const params = { transfer, offset, length: slice.length, sha256: announced ?? sha256(slice) };
    const answer = this.ask("upload.slice", params, { channel });
    for (let at = 0; at < slice.length; at += 262_144) {
      channel.onData(slice.subarray(at, at + 262_144));
      while (at + 524_288 - channel.consumedBytes > channelWindows.transfer.toAgentBytes) {
        // Waits for credit, unless the answer has come: then nothing more is wanted.
        if (await Promise.race([answer.then(isTrue, isTrue), Bun.sleep(1)])) return (await answer).verifiedBytes;
      }
    }
    return (await answer).verifiedBytes;
  }

  /** A whole upload. */
  async upload(directory: string, name: string, content: Uint8Array, more: Partial<ToolParams<"upload.begin">> = {}) {
    const { transfer, verifiedBytes } = await this.begin(directory, name, content, more);
    for (let offset = verifiedBytes; offset < content.length; offset += SLICE_BYTES)
      await this.slice(transfer, content, offset);
    return this.ask("upload.finish", { transfer });
  }

  /** Reads a range; `reason`: with what the agent closed. */
  async read(path: string, version: string, offset: number, length: number) {
    const channel = new LoopbackChannel(1, 300_000);
    const frames: Buffer[] = [];
    const closed = Promise.withResolvers<void>();
    channel.onWritten = (bytes) => {
      frames.push(Buffer.from(bytes));
      setImmediate(() => channel.credit(bytes.length));
    };
    const close = channel.close.bind(channel);
    channel.close = (reason) => {
      close(reason);
      closed.resolve();
    };
    const { sha256 } = await this.ask("download.read", { path, version, offset, length }, { channel });
    await closed.promise;
    return {
      sha256,
      bytes: Buffer.concat(frames),
      reason: channel.closedWith,
      largest: Math.max(0, ...frames.map((frame) => frame.length)),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#tool.end?.();
    this.#tool[Symbol.dispose]();
    for (const path of this.#mounts.toReversed()) spawnSync("umount", ["-l", path]);
    rmSync(this.directory, { recursive: true, force: true });
    rmSync(this.stateDirectory, { recursive: true, force: true });
  }
}

/** Backups on another machine by SFTP. Its host key is shown to a person once and from then on must be that one. */
import { createHash } from "node:crypto";
import type { Client, ConnectConfig, SFTPWrapper } from "ssh2";
import { AppError } from "../../../protocol/errors.ts";
import { UNFINISHED } from "./folder.ts";
import { gone, type Place, type PlaceWishOf, type Sink, unreachable } from "./place.ts";

const CONNECT_TIMEOUT_MS = 20_000;
const KEEPALIVE_MS = 15_000;
/** One request's bytes (every server takes 32 KiB), and how many requests are under way: a slow line must not wait for each. */
const REQUEST_BYTES = 32_768;
const REQUESTS = 16;
const WINDOW_BYTES = REQUEST_BYTES * REQUESTS;
/** SSH_FX_NO_SUCH_FILE (draft-ietf-secsh-filexfer-02). */
const NO_SUCH_FILE = 2;

type Wish = PlaceWishOf<"sftp">;

/** @throws {AppError} backup.unreachable: not reached, another host key than agreed, not let in, no such folder */
export async function openSftp(wish: Wish): Promise<Place> {
  if (wish.hostKey === "")
    throw unreachable(`${wish.host} is not agreed to yet`, "test the target and agree to its host key");
  const { client, sftp } = await connect(wish, (shown) => shown === wish.hostKey);
  const at = (name: string): string => (wish.folder === "" ? name : `${wish.folder.replace(/\/+$/u, "")}/${name}`);
  const files = new RemoteFiles(wish.host, sftp);
  try {
    await files.makeFolder(wish.folder);
  } catch (error) {
    client.end();
    throw error;
  }
  return {
    create: (name) => createFile(files, at(name)),
    read: (name) => readFile(files, at(name), name),
    remove: (name) => files.remove(at(name)),
    [Symbol.asyncDispose]: () => Promise.resolve(void client.end()),
  };
}

/** The host key a machine shows, "SHA256:…" as ssh prints it. Nobody signs in. @throws {AppError} backup.unreachable */
export async function readHostKey(wish: Wish): Promise<string> {
  let shown = "";
  try {
    const { client } = await connect(wish, (key) => {
      shown = key;
      return false;
    });
    client.end();
  } catch (error) {
    if (shown === "") throw error;
  }
  return shown;
}

async function connect(wish: Wish, isAgreed: (hostKey: string) => boolean) {
  // Loaded when first used: few sites keep backups this way.
  const { Client: SshClient } = (await import("ssh2")).default;
  const client = new SshClient();
  const place = `${wish.host}:${wish.port}`;
  let refused = "";
  try {
    await ready(client, {
      ...{ host: wish.host, port: wish.port, username: wish.username, readyTimeout: CONNECT_TIMEOUT_MS },
      ...{ keepaliveInterval: KEEPALIVE_MS, keepaliveCountMax: 4 },
      ...(wish.secret.includes("-----BEGIN")
        ? { privateKey: wish.secret }
        : { password: wish.secret, tryKeyboard: true }),
      hostVerifier: (key: Buffer) => {
        const shown = fingerprint(key);
        if (!isAgreed(shown)) refused = shown;
        return refused === "";
      },
    });
    const sftp = await call<SFTPWrapper>((done) => client.sftp(done));
    // A connection that is lost later ends the requests under way; each of them tells.
    client.on("error", () => client.destroy());
    return { client, sftp };
  } catch (error) {
    client.destroy();
    if (refused !== "") throw otherKey(place, refused, error);
    throw unreachable(`${place} could not be reached or did not let us in`, error);
  }
}

async function ready(client: Client, config: ConnectConfig): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  client
    .once("ready", resolve)
    .once("error", reject)
    .once("close", () => reject(new Error("it closed the connection")));
  // Many servers ask for the password this way.
  client.on("keyboard-interactive", (_name, _words, _language, prompts, answer) =>
    answer(prompts.map(() => config.password ?? "")),
  );
  client.connect(config);
  await promise;
}

const fingerprint = (key: Buffer): string =>
  `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/u, "")}`;

const otherKey = (place: string, shown: string, cause: unknown): AppError =>
  new AppError(
    "backup.unreachable",
    `${place} shows the host key ${shown}, which is not the one that was agreed to. Nothing was sent. If the machine was replaced, test the target and agree to the new key.`,
    { cause },
  );

async function call<T>(start: (done: (error: Error | undefined | null, value: T) => void) => unknown): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  start((error, value) => (error ? reject(error) : resolve(value)));
  return await promise;
}

/** What is asked of the other side, as promises. */
class RemoteFiles {
  constructor(
    readonly host: string,
    readonly sftp: SFTPWrapper,
  ) {}

  async open(path: string, flags: "r" | "w"): Promise<Buffer> {
    return await call<Buffer>((done) => this.sftp.open(path, flags, { mode: 0o600 }, done));
  }
  async close(handle: Buffer): Promise<void> {
    await call<unknown>((done) => this.sftp.close(handle, (error) => done(error, null)));
  }
  async writeAt(handle: Buffer, bytes: Uint8Array, position: number): Promise<void> {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    await call<unknown>((done) =>
      this.sftp.write(handle, buffer, 0, buffer.length, position, (error) => done(error, null)),
    );
  }
  /** How many bytes came; 0 at the end. */
  async readAt(handle: Buffer, into: Buffer, position: number): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    this.sftp.read(handle, into, 0, into.length, position, (error, count) => {
      if (error === undefined || error === null) resolve(count);
      else if (statusOf(error) === 1) resolve(0);
      else reject(error);
    });
    return await promise;
  }
  /** On disk there too, where the other side can say so. */
  async sync(handle: Buffer): Promise<void> {
    try {
      await call<unknown>((done) => this.sftp.ext_openssh_fsync(handle, (error) => done(error, null)));
    } catch (error) {
      if (!(error instanceof Error) || !/not support|unsupported/iu.test(error.message)) throw error;
    }
  }
  async rename(from: string, to: string): Promise<void> {
    await call<unknown>((done) => this.sftp.rename(from, to, (error) => done(error, null)));
  }
  async remove(path: string): Promise<void> {
    try {
      await call<unknown>((done) => this.sftp.unlink(path, (error) => done(error, null)));
    } catch (error) {
      if (statusOf(error) !== NO_SUCH_FILE) throw unreachable(`${this.host} did not remove a file`, error);
    }
  }
  /** With the folders above it; what is there stays. */
  async makeFolder(path: string): Promise<void> {
    if (path === "") return;
    const parts = path.split("/").filter((part) => part !== "");
    const folders = parts.map((_, index) => `${path.startsWith("/") ? "/" : ""}${parts.slice(0, index + 1).join("/")}`);
    for (const folder of folders) {
      if (await this.#isThere(folder)) continue;
      await call<unknown>((done) => this.sftp.mkdir(folder, { mode: 0o700 }, (error) => done(error, null))).catch(
        (error: unknown) => {
          throw unreachable(`The folder ${folder} cannot be made on ${this.host}`, error);
        },
      );
    }
  }
  async #isThere(path: string): Promise<boolean> {
    try {
      await call<unknown>((done) => this.sftp.stat(path, done));
      return true;
    } catch (error) {
      if (statusOf(error) === NO_SUCH_FILE) return false;
      throw unreachable(`${this.host} does not show the folder ${path}`, error);
    }
  }
}

const statusOf = (error: unknown): number =>
  error instanceof Error && "code" in error && typeof error.code === "number" ? error.code : -1;

async function createFile(files: RemoteFiles, path: string): Promise<Sink> {
  const part = `${path}${UNFINISHED}`;
  const problem = (error: unknown): AppError => unreachable(`${files.host} did not take the backup`, error);
  const handle = await files.open(part, "w").catch((error: unknown) => {
    throw problem(error);
  });
  let position = 0;
  let isFinished = false;
  let isClosed = false;
  const close = async (): Promise<void> => {
    if (isClosed) return;
    isClosed = true;
    await files.close(handle);
  };
  return {
    async write(bytes) {
      const start = position;
      position += bytes.length;
      for (let window = 0; window < bytes.length; window += WINDOW_BYTES) {
        const slice = bytes.subarray(window, window + WINDOW_BYTES);
        const requests = partsOf(slice.length).map(({ offset, length }) =>
          files.writeAt(handle, slice.subarray(offset, offset + length), start + window + offset),
        );
        await Promise.all(requests).catch((error: unknown) => {
          throw problem(error);
        });
      }
    },
    async finish() {
      try {
        await files.sync(handle);
        await close();
        await files.rename(part, path);
      } catch (error) {
        throw problem(error);
      }
      isFinished = true;
    },
    async [Symbol.asyncDispose]() {
      if (isFinished) return;
      // The line may be gone: then the unfinished file stays there under a name of its own, and nothing can be done.
      await Promise.allSettled([close(), files.remove(part)]);
    },
  };
}

async function* readFile(files: RemoteFiles, path: string, name: string): AsyncGenerator<Uint8Array> {
  const handle = await files.open(path, "r").catch((error: unknown) => {
    throw statusOf(error) === NO_SUCH_FILE ? gone(name) : unreachable(`${files.host} does not give the backup`, error);
  });
  try {
    for (let position = 0; ;) {
      const window = await readWindow(files, handle, position).catch((error: unknown) => {
        throw unreachable(`${files.host} does not give the backup`, error);
      });
      if (window.length === 0) return;
      position += window.length;
      yield window;
    }
  } finally {
    await files.close(handle).catch((error: unknown) => {
      throw unreachable(`${files.host} closed the connection`, error);
    });
  }
}

/** The next bytes, up to 512 KiB; fewer where the other side gave fewer. */
async function readWindow(files: RemoteFiles, handle: Buffer, position: number): Promise<Buffer> {
  const window = Buffer.allocUnsafe(WINDOW_BYTES);
  const parts = partsOf(WINDOW_BYTES);
  const counts = await Promise.all(
    parts.map(({ offset, length }) =>
      files.readAt(handle, window.subarray(offset, offset + length), position + offset),
    ),
  );
  const short = counts.findIndex((count, index) => count < parts[index]!.length);
  return short === -1 ? window : window.subarray(0, parts[short]!.offset + counts[short]!);
}

const partsOf = (total: number): { readonly offset: number; readonly length: number }[] =>
  Array.from({ length: Math.ceil(total / REQUEST_BYTES) }, (_, index) => ({
    offset: index * REQUEST_BYTES,
    length: Math.min(REQUEST_BYTES, total - index * REQUEST_BYTES),
  }));

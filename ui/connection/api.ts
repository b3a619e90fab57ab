/**
 * The typed way to the HTTP API: `await api.get("/api/login/status", Status)`. What the server refuses is thrown as
 * AppError with its code and its words.
 */
import type { Static, TSchema } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { BACKGROUND_HEADER } from "../../protocol/api/common.ts";
import { AppError, type ErrorCode, errorCodes } from "../../protocol/errors.ts";
import { refusalInWords } from "./refusal-words.ts";

/** Longer than any ordinary answer takes; then the request is given up. */
const TIMEOUT_MS = 30_000;

export interface RequestOptions {
  readonly signal?: AbortSignal | undefined;
  /** Added to the address; what is undefined or "" is left out. */
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Nobody asked for it: the page asks by a timer, or since the server told of a change. No use of the sign-in. */
  readonly isBackground?: boolean;
}

/** For what a page asks by itself. */
export const inBackground = { isBackground: true } as const satisfies RequestOptions;

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export class Api {
  readonly #signedOut = new Set<() => void>();
  readonly #origin: string;
  /** Wall-clock ms of the last request that counts as use of the sign-in: all but those in the background. */
  lastRequestAtMs = Date.now();

  /** @param origin where the server is; "" for the page's own. */
  constructor(origin = "") {
    this.#origin = origin;
  }

  /** Calls when the server says that nobody is signed in (any more); dispose to stop. */
  onSignInRequired(listener: () => void): Disposable {
    this.#signedOut.add(listener);
    return { [Symbol.dispose]: () => void this.#signedOut.delete(listener) };
  }

  /** @throws {AppError} what the server refused, or that it did not answer. */
  get<T extends TSchema>(path: string, shape: T, options?: RequestOptions): Promise<Static<T>> {
    return this.#ask("GET", path, undefined, shape, options);
  }

  /** @throws {AppError} what the server refused, or that it did not answer. */
  post<T extends TSchema>(path: string, body: unknown, shape: T, options?: RequestOptions): Promise<Static<T>> {
    return this.#ask("POST", path, body, shape, options);
  }

  /** @throws {AppError} what the server refused, or that it did not answer. */
  put<T extends TSchema>(path: string, body: unknown, shape: T, options?: RequestOptions): Promise<Static<T>> {
    return this.#ask("PUT", path, body, shape, options);
  }

  /** @throws {AppError} what the server refused, or that it did not answer. */
  patch<T extends TSchema>(path: string, body: unknown, shape: T, options?: RequestOptions): Promise<Static<T>> {
    return this.#ask("PATCH", path, body, shape, options);
  }

  /** @throws {AppError} what the server refused, or that it did not answer. */
  delete<T extends TSchema>(path: string, shape: T, options?: RequestOptions): Promise<Static<T>> {
    return this.#ask("DELETE", path, undefined, shape, options);
  }

  async #ask<T extends TSchema>(
    method: Method,
    path: string,
    body: unknown,
    shape: T,
    options: RequestOptions = {},
  ): Promise<Static<T>> {
    const response = await this.#send(method, addressOf(this.#origin + path, options.query), body, options);
    const content = await readJson(response);
    if (!response.ok) throw this.#refusal(response.status, content);
    if (!Value.Check(shape, content)) {
      throw new AppError("internal", "The appliance answered in a way this page does not know. Load the page again.");
    }
    return content;
  }

  async #send(method: Method, address: string, body: unknown, options: RequestOptions): Promise<Response> {
    const { signal, isBackground = false } = options;
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    if (!isBackground) this.lastRequestAtMs = Date.now();
    try {
      return await fetch(address, {
        method,
        headers: {
          ...(body === undefined ? {} : { "content-type": contentTypeOf(body) }),
          ...(isBackground ? { [BACKGROUND_HEADER]: "1" } : {}),
        },
        body: body === undefined ? null : body instanceof Blob ? body : JSON.stringify(body),
        signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
        cache: "no-store",
      });
    } catch (error) {
      // Taken back by whoever asked: for them, not for the person.
      if (signal?.aborted === true) throw error;
      throw new AppError("internal", noAnswer(timeout.aborted), { cause: error });
    }
  }

  #refusal(status: number, content: unknown): AppError {
    const refusal =
      refusalFrom(content) ?? new AppError("internal", `The appliance answered with status ${status}. Try again.`);
    if (refusal.code === "sign_in.required") for (const listener of [...this.#signedOut]) listener();
    return refusal;
  }
}

/** A Blob goes as it is, everything else as JSON. */
const contentTypeOf = (body: unknown): string =>
  body instanceof Blob ? "application/octet-stream" : "application/json";

function noAnswer(isTimeout: boolean): string {
  if (isTimeout)
    return `The appliance did not answer within ${TIMEOUT_MS / 1000} s. Running sessions are not affected. Try again.`;
  return "The appliance cannot be reached. Check your network connection, then try again.";
}

function addressOf(path: string, query: RequestOptions["query"]): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== "") search.set(name, String(value));
  }
  return search.size === 0 ? path : `${path}?${search.toString()}`;
}

/** The body as JSON; undefined when it is none. */
async function readJson(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === "string" && (errorCodes as readonly string[]).includes(code);
}

function refusalFrom(content: unknown): AppError | null {
  if (typeof content !== "object" || content === null) return null;
  if (!("code" in content) || !("message" in content) || typeof content.message !== "string") return null;
  return isErrorCode(content.code) ? new AppError(content.code, refusalInWords(content.code, content.message)) : null;
}

/** The page's way to its own server. */
export const api = new Api();

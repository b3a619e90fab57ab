/** The pages and their files, as the build put them into the binary: compressed beforehand, kept in memory. */
import { readFileSync } from "node:fs";
import { pathOf } from "./request-path.ts";
import { pageHeaders } from "./security-headers.ts";

const encodings = ["br", "zstd", "gzip", "identity"] as const;
type Encoding = (typeof encodings)[number];

/** One file as gen/assets.ts lists it; `encodings` are paths of files. */
export interface Asset {
  readonly type: string;
  readonly etag: string;
  readonly isImmutable: boolean;
  readonly encodings: Partial<Record<Encoding, string>>;
}
/** By address. */
export type AssetTable = Readonly<Record<string, Asset>>;

/** Addresses inside a page that the page itself makes sense of. */
const pagesWithViews = ["/login", "/console", "/appliance"];

/** Answers requests for pages and their files; `null` for what is none. */
export class Assets {
  readonly #table: AssetTable;
  readonly #bodies = new Map<string, Uint8Array<ArrayBuffer>>();
  constructor(table: AssetTable) {
    this.#table = table;
  }

  respond(request: Request): Response | null {
    const asset = this.#find(pathOf(request.url));
    if (asset === null) return null;
    if (request.method !== "GET" && request.method !== "HEAD")
      return new Response(null, { status: 405, headers: { ...pageHeaders, allow: "GET, HEAD" } });
    const encoding = chooseEncoding(asset, request.headers.get("accept-encoding") ?? "");
    const headers = headersOf(asset, encoding);
    const isKnown = request.headers.get("if-none-match")?.includes(headers["etag"]!) === true;
    if (isKnown) return new Response(null, { status: 304, headers });
    return new Response(request.method === "HEAD" ? null : this.#body(asset.encodings[encoding]!), { headers });
  }

  #find(path: string): Asset | null {
    const page = pagesWithViews.find((prefix) => path.startsWith(`${prefix}/`) && isView(path));
    const address = page ?? path;
    return Object.hasOwn(this.#table, address) ? this.#table[address]! : null;
  }

  #body(file: string): Uint8Array<ArrayBuffer> {
    let body = this.#bodies.get(file);
    if (body === undefined) {
      body = new Uint8Array(readFileSync(file));
      this.#bodies.set(file, body);
    }
    return body;
  }
}

/** A view's address is words, numbers and ids, with or without a slash at the end; a missing file stays missing. */
const isView = (path: string): boolean => /^(?:\/[A-Za-z0-9_-]+)+\/?$/u.test(path);

function chooseEncoding(asset: Asset, accepted: string): Encoding {
  const names = accepted.split(",").map((part) => part.trim().toLowerCase());
  const isAccepted = (encoding: Encoding): boolean =>
    names.some((name) => name === encoding || (name.startsWith(`${encoding};`) && !/;\s*q=0(?:\.0*)?$/u.test(name)));
  const found = encodings.find((encoding) => asset.encodings[encoding] !== undefined && isAccepted(encoding));
  return found ?? "identity";
}

function headersOf(asset: Asset, encoding: Encoding): Record<string, string> {
  return {
    ...pageHeaders,
    "content-type": asset.type,
    "cache-control": asset.isImmutable ? "public, max-age=31536000, immutable" : "no-cache",
    vary: "accept-encoding",
    etag: `"${asset.etag}-${encoding}"`,
    ...(encoding === "identity" ? {} : { "content-encoding": encoding }),
  };
}

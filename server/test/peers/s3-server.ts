/**
 * S3-compatible storage in memory, as far as backups use it: objects, uploads in parts, and every request's signature
 * checked by the rules (AWS Signature Version 4), since no packaged server that checks it runs here.
 */
import { createHash, createHmac } from "node:crypto";

export const S3_KEYS = { accessKeyId: "AKIDCAUSEWAY", secret: "wJalrXUtnFEMI/K7MDENG" } as const;
export const S3_REGION = "eu-test-1";

export interface S3Server extends AsyncDisposable {
  readonly endpoint: string;
  readonly objects: Map<string, Buffer>;
  /** Uploads that were begun and neither finished nor given up. */
  readonly uploads: Map<string, Map<number, Buffer>>;
  /** From now on every part is refused, as a full storage does. */
  refusesParts: boolean;
}

export function startS3Server(): S3Server {
  const objects = new Map<string, Buffer>();
  const uploads = new Map<string, Map<number, Buffer>>();
  const state = { refusesParts: false };
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const body = Buffer.from(await request.arrayBuffer());
      const problem = signatureProblem(request, body);
      if (problem !== null) return failure(403, problem);
      const { pathname, searchParams } = new URL(request.url);
      const key = decodeURIComponent(pathname);
      const uploadId = searchParams.get("uploadId");
      if (request.method === "POST" && searchParams.has("uploads")) {
        const id = `upload-${uploads.size + 1}-${Math.random().toString(36).slice(2)}`;
        uploads.set(id, new Map());
        return xml(`<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`);
      }
      if (uploadId !== null) return part(request.method, key, uploadId, Number(searchParams.get("partNumber")), body);
      return object(request, key, body);
    },
  });

  function part(method: string, key: string, uploadId: string, number: number, body: Buffer): Response {
    const parts = uploads.get(uploadId);
    if (parts === undefined) return failure(404, "NoSuchUpload");
    if (method === "DELETE") {
      uploads.delete(uploadId);
      return new Response(null, { status: 204 });
    }
    if (state.refusesParts) return failure(507, "InsufficientStorage");
    if (method === "PUT") {
      parts.set(number, body);
      return new Response(null, { headers: { etag: `"${createHash("md5").update(body).digest("hex")}"` } });
    }
    const inOrder = [...parts].sort(([one], [other]) => one - other).map(([, bytes]) => bytes);
    objects.set(key, Buffer.concat(inOrder));
    uploads.delete(uploadId);
    return xml(`<CompleteMultipartUploadResult><Key>${key}</Key></CompleteMultipartUploadResult>`);
  }

  function object({ method }: Request, key: string, body: Buffer): Response {
    if (method === "PUT") {
      if (state.refusesParts) return failure(507, "InsufficientStorage");
      objects.set(key, body);
      return new Response(null, { headers: { etag: '"1"' } });
    }
    if (method === "DELETE") {
      objects.delete(key);
      return new Response(null, { status: 204 });
    }
    const found = objects.get(key);
    return found === undefined
      ? failure(404, "NoSuchKey")
      : new Response(method === "HEAD" ? null : new Uint8Array(found));
  }

  return {
    endpoint: `http://127.0.0.1:${server.port}`,
    objects,
    uploads,
    get refusesParts() {
      return state.refusesParts;
    },
    set refusesParts(value) {
      state.refusesParts = value;
    },
    [Symbol.asyncDispose]: () => server.stop(true),
  };
}

const xml = (text: string): Response =>
  new Response(`<?xml version="1.0" encoding="UTF-8"?>${text}`, { headers: { "content-type": "application/xml" } });

const failure = (status: number, code: string): Response =>
  new Response(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`, { status });

/** null: signed by whoever knows the secret. */
function signatureProblem(request: Request, body: Buffer): string | null {
  const authorization = request.headers.get("authorization") ?? "";
  const match = /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/u.exec(
    authorization,
  );
  if (match === null) return "MissingSecurityHeader";
  const [, credential = "", signedHeaders = "", signature = ""] = match;
  const [accessKeyId, day = "", region = "", service = ""] = credential.split("/");
  if (accessKeyId !== S3_KEYS.accessKeyId || region !== S3_REGION || service !== "s3") return "InvalidAccessKeyId";
  const contentHash = request.headers.get("x-amz-content-sha256") ?? "";
  if (contentHash !== "UNSIGNED-PAYLOAD" && contentHash !== createHash("sha256").update(body).digest("hex"))
    return "XAmzContentSHA256Mismatch";
  const { pathname, searchParams } = new URL(request.url);
  const query = [...searchParams]
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .sort()
    .join("&");
  const headers = signedHeaders.split(";").map((name) => `${name}:${(request.headers.get(name) ?? "").trim()}\n`);
  const canonical = [request.method, pathname, query, headers.join(""), signedHeaders, contentHash].join("\n");
  const scope = `${day}/${region}/s3/aws4_request`;
  const hash = createHash("sha256").update(canonical).digest("hex");
  const text = ["AWS4-HMAC-SHA256", request.headers.get("x-amz-date") ?? "", scope, hash].join("\n");
  const hmac = (key: string | Buffer, value: string): Buffer => createHmac("sha256", key).update(value).digest();
  const key = hmac(hmac(hmac(hmac(`AWS4${S3_KEYS.secret}`, day), region), "s3"), "aws4_request");
  return hmac(key, text).toString("hex") === signature ? null : "SignatureDoesNotMatch";
}

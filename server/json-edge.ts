/** JSON at the edge: bodies and queries come in checked, responses go out checked. */
import { KindGuard, type TSchema } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { AppError } from "../protocol/errors.ts";

export const DEFAULT_MAX_BODY_BYTES = 1 << 20;

/** The same shape with unknown fields refused, all the way down. */
export function closed(schema: TSchema): TSchema {
  if (KindGuard.IsObject(schema)) {
    // An optional property carries a symbol, which the copy keeps.
    const properties = Object.entries(schema.properties).map(([name, property]) => [name, closed(property)]);
    return { ...schema, properties: Object.fromEntries(properties), additionalProperties: false } as TSchema;
  }
  if (KindGuard.IsArray(schema)) return { ...schema, items: closed(schema.items) } as TSchema;
  if (KindGuard.IsUnion(schema)) return { ...schema, anyOf: schema.anyOf.map(closed) } as TSchema;
  return schema;
}

/**
 * Reads a JSON body of at most `maxBytes` and checks it.
 * @throws {AppError} request.invalid, request.too_large. The message never repeats what was sent.
 */
export async function readBody(request: Request, shape: TSchema, maxBytes: number): Promise<unknown> {
  if (!isJson(request.headers.get("content-type")))
    throw new AppError("request.invalid", "The request needs a body of content type application/json.");
  const value = parse(await readBytes(request, maxBytes));
  return check(shape, value, "body");
}

/** Reads the query's words into the kinds its shape names. @throws {AppError} request.invalid */
export function readQuery(search: URLSearchParams, shape: TSchema): unknown {
  // fromEntries, since an assignment to `__proto__` would lose the word instead of refusing it.
  const words: Record<string, string> = Object.fromEntries(search);
  for (const name of Object.keys(words))
    if (search.getAll(name).length > 1) throw invalid("query", `/${name}`, "stands there twice");
  return check(shape, Value.Convert(shape, words), "query");
}

const isJson = (type: string | null): boolean => type?.split(";")[0]?.trim().toLowerCase() === "application/json";

async function readBytes(request: Request, maxBytes: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let total = 0;
  for await (const part of request.body ?? []) {
    total += part.length;
    if (total > maxBytes) throw new AppError("request.too_large", `The request is larger than ${maxBytes} bytes.`);
    parts.push(part);
  }
  return Buffer.concat(parts, total);
}

/** JSON in valid UTF-8, nothing else (NA2). */
function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw new AppError("request.invalid", "The request's body is not JSON in UTF-8.", { cause: error });
  }
}

function check(shape: TSchema, value: unknown, where: "body" | "query"): unknown {
  if (Value.Check(shape, value)) return value;
  const error = Value.Errors(shape, value).First();
  throw invalid(where, error?.path ?? "", error?.message ?? "does not fit");
}

/** The field's name comes from our shape or is cut short; its value is never repeated. */
const invalid = (where: string, path: string, problem: string): AppError =>
  new AppError("request.invalid", `The request's ${where} does not fit: ${path.slice(0, 80) || "it"}: ${problem}.`);

/** Whether a handler's answer is what its route promises; a field too many is a leak and fails as well (NA18). */
export function fitsResponse(shape: TSchema, value: unknown): boolean {
  return Value.Check(shape, value);
}

/** The smallest value that fits a shape, for tests that want to get past the edge. */
import { Kind, type TSchema } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";

const texts = [
  "",
  "x",
  "A".repeat(22),
  "2026-11-21T00:00:00Z",
  "a@b.example",
  "en",
  "https://a.example/",
  "10.0.0.0/8",
];

/** undefined: none was found. */
export function smallestValue(shape: TSchema): unknown {
  const made = make(shape);
  return Value.Check(shape, made) ? made : undefined;
}

function make(shape: TSchema): unknown {
  if (shape["const"] !== undefined) return shape["const"];
  if (shape[Kind] === "Union") return smallestOf(shape["anyOf"] as TSchema[]);
  if (shape[Kind] === "Intersect")
    return Object.assign({}, ...(shape["allOf"] as TSchema[]).map((part) => make(part))) as unknown;
  if (shape["type"] === "object") return makeObject(shape);
  if (shape["type"] === "array")
    return Array.from({ length: (shape["minItems"] as number | undefined) ?? 0 }, () =>
      make(shape["items"] as TSchema),
    );
  if (shape["type"] === "string") return texts.find((text) => Value.Check(shape, text)) ?? "x";
  if (shape["type"] === "integer" || shape["type"] === "number") return (shape["minimum"] as number | undefined) ?? 0;
  return shape["type"] === "boolean" ? false : null;
}

function makeObject(shape: TSchema): Record<string, unknown> {
  const required = (shape["required"] as string[] | undefined) ?? [];
  const properties = shape["properties"] as Record<string, TSchema> | undefined;
  return Object.fromEntries(required.map((name) => [name, make(properties![name]!)]));
}

function smallestOf(shapes: readonly TSchema[]): unknown {
  const made = shapes.map((shape) => make(shape));
  return made.find((value, index) => Value.Check(shapes[index]!, value));
}

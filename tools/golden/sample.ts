/** The smallest and the fullest value a schema allows, made from the schema: what golden messages are built of. */
import type { TSchema } from "@sinclair/typebox";

/** A text for each pattern the protocol uses. */
const texts: readonly string[] = ["", "a", "A".repeat(22), "A".repeat(43), "A".repeat(86), "https://support.example.com"];

function sampleText(schema: TSchema): string {
  const fits = (text: string): boolean =>
    text.length >= (schema["minLength"] ?? 0) && new RegExp(schema["pattern"] ?? "", "u").test(text);
  const text = texts.find(fits);
  if (text === undefined) throw new Error(`no sample fits the pattern ${schema["pattern"]}`);
  return text;
}

function sampleObject(schema: TSchema, isFull: boolean): Record<string, unknown> {
  const required = new Set<string>(schema["required"] ?? []);
  const properties = Object.entries((schema["properties"] ?? {}) as Record<string, TSchema>);
  const chosen = properties.filter(([name]) => isFull || required.has(name));
  return Object.fromEntries(chosen.map(([name, property]) => [name, sample(property, isFull)]));
}

function sampleArray(schema: TSchema, isFull: boolean): unknown[] {
  const count = Math.max(schema["minItems"] ?? 0, isFull ? 1 : 0);
  return Array.from({ length: count }, () => sample(schema["items"] as TSchema, isFull));
}

/** One value of the schema; `isFull`: with every optional field and one element in each list. */
export function sample(schema: TSchema, isFull: boolean): unknown {
  if ("const" in schema) return schema["const"];
  const choices = schema["anyOf"] as TSchema[] | undefined;
  if (choices !== undefined) return sample(choices[isFull ? choices.length - 1 : 0]!, isFull);
  switch (schema["type"]) {
    case "object":
      return sampleObject(schema, isFull);
    case "array":
      return sampleArray(schema, isFull);
    case "string":
      return sampleText(schema);
    case "boolean":
      return isFull;
    case "null":
      return null;
    case "integer":
    case "number":
      return schema["minimum"] ?? 0;
    default:
      throw new Error(`no sample for a schema of type ${schema["type"]}`);
  }
}

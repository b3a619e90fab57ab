/**
 * Finds the texts of a component or module and puts calls of `say` in their places. Parsing and rewriting is wuchale's;
 * what is text is decided in words.ts, and what is filled in where is not evaluated here: nothing is run.
 */
import { resolve } from "node:path";
import type { CodePattern, HeuristicFunc, RuntimeConf } from "wuchale";
import { Transformer } from "wuchale/adapter-vanilla";
import { teach, type Surroundings } from "./visiting.ts";
import { isForPeople } from "./words.ts";

/** A text as it stands in the source. */
export interface FoundText {
  /** One form, or singular and plural. */
  readonly forms: readonly string[];
  /** What is filled in, as it is written: 0 is `user.name`. */
  readonly values: readonly string[];
}

export interface Rewritten {
  /** In the order they stand in the file. */
  readonly texts: readonly FoundText[];
  /** The new source and its map; null when there is nothing to say. */
  readonly output: { readonly code: string; readonly map: unknown } | null;
}

/** The name `say` is imported under; no source has it. */
const SAY = "_say";
const PATTERNS: CodePattern[] = [{ name: "plural", args: ["other", "message"] }];
const AS_IS = { wrapInit: (expression: string) => expression, wrapUse: () => SAY };
/** `say` is a plain import: nothing is set up in functions and nothing is reactive. */
const RUNTIME: RuntimeConf = { initReactive: () => null, useReactive: false, plain: AS_IS, reactive: AS_IS };
const NO_RUNTIME = { plain: "", reactive: "" };

type Output = ReturnType<Transformer["transform"]>;
type Arguments = ConstructorParameters<typeof Transformer>;
/** wuchale's for components: it is not among what its package exports, but lies beside. */
interface ComponentTransformer extends Transformer {
  transformSv: () => Promise<Output>;
}
const beside = resolve(import.meta.dirname, "../../node_modules/@wuchale/svelte/dist/transformer.js");
const { SvelteTransformer } = (await import(beside)) as {
  readonly SvelteTransformer: new (...given: Arguments) => ComponentTransformer;
};

/**
 * @param file its path in the repository; .svelte is a component, else it is a module
 * @param sayModule what the rewritten source imports `say` from
 * @throws {Error} for what is no TypeScript or no component
 */
export async function rewrite(source: string, file: string, sayModule: string): Promise<Rewritten> {
  const place: Surroundings = { property: undefined, attribute: undefined, owners: [], isShown: false };
  const given: Arguments = [source, file, textAsIndex(), judge(place), PATTERNS, NO_RUNTIME, RUNTIME, () => null];
  const { msgs, output } = file.endsWith(".svelte")
    ? await teach(new SvelteTransformer(...given), place).transformSv()
    : teach(new Transformer(...given), place).transform();
  const texts = msgs.map(({ msgStr, placeholders }) => ({
    forms: msgStr,
    values: placeholders.map(([, value]) => value),
  }));
  if (texts.length === 0) return { texts, output: null };
  const { code, map } = output(`import { say as ${SAY} } from ${JSON.stringify(sayModule)}`);
  return { texts, output: code === undefined ? null : { code, map: map as unknown } };
}

/** A text is its own index: no numbers are handed out, so files can be built in any order. */
function textAsIndex(): Arguments[2] {
  const get = (text: string): number => JSON.stringify(text) as unknown as number;
  return { indices: new Map(), nextIndex: 0, get };
}

function judge(place: Surroundings): HeuristicFunc {
  return ({ msgStr, details }) => {
    const { scope, element, call } = details;
    const attribute = details.attribute ?? place.attribute;
    return isForPeople(msgStr.join("\n"), { ...place, scope, element, attribute, call }) ? "message" : false;
  };
}

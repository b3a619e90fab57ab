/** How long a stranger's SAML message can hold the server up: every known attack, and the largest messages that are read. */
import { ProviderRefusal } from "../../server/providers/refusal.ts";
import { parseResponse, type ResponseRules, verifyResponse } from "../../server/providers/saml/response.ts";
import { samlAttacks } from "../../server/test/peers/saml-attacks.ts";
import {
  type ForgeKeys,
  makeForgeKeys,
  posted,
  responseXml,
  rightWords,
  signed,
} from "../../server/test/peers/saml-forge.ts";
import { forgeRules } from "../../server/test/peers/saml-rules.ts";
import { type Bench, type Measurement, quantile } from "./measurement.ts";

const ROUNDS = 10;
const GOAL_MS = 50;

function readTimed(message: string, rules: ResponseRules): number {
  const startedMs = performance.now();
  try {
    verifyResponse(parseResponse(message), rules, null);
  } catch (error) {
    if (!(error instanceof ProviderRefusal)) throw error;
  }
  return performance.now() - startedMs;
}

/** Just within the limits: 256 KB, 4,000 elements, 40 levels; signed by a stranger, so that everything is tried. */
function largest(keys: ForgeKeys): string[] {
  const filled = (extension: string): string =>
    posted(signed(responseXml({ ...rightWords, extension }), "Response", keys.stranger));
  const deep = "<x>".repeat(36) + "</x>".repeat(36);
  const attributes = Array.from({ length: 1000 }, (_, index) => ` a${index}="${index}"`).join("");
  return [
    filled(`<x>${"a".repeat(250_000)}</x>`),
    filled("<x/>".repeat(3900)),
    filled(deep.repeat(100)),
    filled(`<x${attributes}/>`),
    filled(`<x>${"&amp;".repeat(45_000)}</x>`),
  ];
}

export const saml: Bench = {
  name: "saml",
  async run(): Promise<readonly Measurement[]> {
    const keys = await makeForgeKeys();
    const rules = forgeRules(keys);
    const attacks = samlAttacks(keys).map(({ message }) => message);
    const right = posted(signed(responseXml(rightWords), "Assertion", keys.idp));
    for (let round = 0; round < ROUNDS; round += 1) readTimed(right, rules);
    const slowest = (messages: readonly string[]): number =>
      Math.max(
        ...messages.map((message) =>
          quantile(
            Array.from({ length: ROUNDS }, () => readTimed(message, rules)),
            0.5,
          ),
        ),
      );
    const method = `median of ${ROUNDS} of the slowest, in this process`;
    return [
      {
        name: `SAML: slowest of ${attacks.length} attacks`,
        value: slowest(attacks),
        unit: "ms",
        goal: { atMost: GOAL_MS },
        method,
      },
      {
        name: "SAML: largest message, a stranger's signature",
        value: slowest(largest(keys)),
        unit: "ms",
        goal: { atMost: GOAL_MS },
        method,
      },
      {
        name: "SAML: a right response",
        value: slowest([right]),
        unit: "ms",
        method: `median of ${ROUNDS}, signature and all`,
      },
    ];
  },
};

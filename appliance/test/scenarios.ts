import type { Scenario } from "./scenario.ts";
import { bootScenarios } from "./scenarios/boot.ts";
import { setUpScenario } from "./scenarios/set-up.ts";

/** All of them, in the order they run. */
export const scenarios: readonly Scenario[] = [...bootScenarios, setUpScenario];

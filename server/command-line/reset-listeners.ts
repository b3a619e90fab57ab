import { resetListeners } from "../listeners/listener-settings.ts";
import { readOptions } from "./arguments.ts";
import type { Command } from "./command.ts";
import { openData } from "./open-data.ts";

/** The way back in when administration was put where nobody reaches it. */
export const resetListenersCommand: Command = {
  usage: "--data DIR",
  summary: "Answer everybody at the address of --listen again, from every network.",
  async run(words, context) {
    const options = readOptions({ data: { kind: "text", isRequired: true } }, words);
    await using core = await openData(options.data, context);
    await resetListeners(core);
    context.print(
      "Everybody is answered at the address of --listen again. A server that runs follows within a second.",
    );
    return 0;
  },
};

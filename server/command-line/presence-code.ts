import { PRESENCE_CODE_MINUTES } from "../../protocol/api/appliance/access.ts";
import { readOptions } from "./arguments.ts";
import type { Command } from "./command.ts";
import { openData } from "./open-data.ts";

/** What the appliance's console shows: proves to the pages that somebody stands before the machine. */
export const presenceCode: Command = {
  usage: "--data DIR",
  summary: "Print a code for the first visit: sets the site up once, makes or resets an appliance administrator once.",
  async run(words, context) {
    const options = readOptions({ data: { kind: "text", isRequired: true } }, words);
    await using core = await openData(options.data, context);
    context.print(await core.applianceAccess.presenceCodes.create());
    context.printError(`It holds ${PRESENCE_CODE_MINUTES} minutes. A code printed before no longer counts.`);
    return 0;
  },
};

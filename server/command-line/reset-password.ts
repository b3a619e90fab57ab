import { openData } from "./open-data.ts";
import { readOptions } from "./arguments.ts";
import type { Command } from "./command.ts";

/** The operator's way back in. */
export const resetPassword: Command = {
  usage: "--data DIR --user NAME --password-stdin",
  summary: "Give an account a new password, unlock it and end its sign-ins.",
  async run(words, context) {
    const options = readOptions(
      {
        data: { kind: "text", isRequired: true },
        user: { kind: "text", isRequired: true },
        "password-stdin": { kind: "flag", isRequired: true },
      },
      words,
    );
    const password = await context.readLine();
    await using core = await openData(options.data, context);
    await core.representatives.resetPassword(options.user, password);
    context.print(`${options.user} has a new password. Sign-ins with the old one have ended.`);
    return 0;
  },
};

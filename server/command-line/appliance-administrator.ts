import { Value } from "@sinclair/typebox/value";
import { Password, Username } from "../../protocol/api/common.ts";
import { readOptions, UsageError } from "./arguments.ts";
import type { Command } from "./command.ts";
import { openData } from "./open-data.ts";

/** For installations without a console of their own. */
export const applianceAdministrator: Command = {
  usage: "--data DIR --username NAME --password-stdin",
  summary: "Make an administrator of /appliance, or give one a new password and end their sign-ins.",
  async run(words, context) {
    const options = readOptions(
      {
        data: { kind: "text", isRequired: true },
        username: { kind: "text", isRequired: true },
        "password-stdin": { kind: "flag", isRequired: true },
      },
      words,
    );
    if (!Value.Check(Username, options.username))
      throw new UsageError("--username has no spaces and no control characters.");
    const password = await context.readLine();
    if (!Value.Check(Password, password))
      throw new UsageError("The password on standard input is missing or too long.");
    await using core = await openData(options.data, context);
    await core.applianceAccess.administrators.setLocally(options.username, password);
    context.print(`${options.username} can sign in at /appliance with the new password.`);
    return 0;
  },
};

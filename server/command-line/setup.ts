import { Value } from "@sinclair/typebox/value";
import { SetUp } from "../../protocol/api/sign-in.ts";
import { openCore } from "../core.ts";
import { setUpSite } from "../set-up/set-up.ts";
import { readOptions, UsageError } from "./arguments.ts";
import type { Command } from "./command.ts";

/** The set-up page's work without the page. */
export const setup: Command = {
  usage: "--data DIR --hostname NAME --admin NAME --password-stdin [--site-name NAME] [--enable-console]",
  summary: "Set the site up with its first administrator. Works once.",
  async run(words, context) {
    const options = readOptions(
      {
        data: { kind: "text", isRequired: true },
        hostname: { kind: "text", isRequired: true },
        admin: { kind: "text", isRequired: true },
        "password-stdin": { kind: "flag", isRequired: true },
        "site-name": { kind: "text" },
        "enable-console": { kind: "flag" },
      },
      words,
    );
    const wish = {
      siteName: options["site-name"] ?? "Causeway",
      hostname: options.hostname,
      username: options.admin,
      displayName: options.admin,
      password: await context.readLine(),
      isConsoleEnabled: options["enable-console"],
      certificate: null,
    };
    if (!Value.Check(SetUp, wish)) throw new UsageError(problemOf(wish));
    await using core = await openCore({ ...context, directory: options.data });
    await setUpSite(core, { kind: "system" }, wish);
    context.print(`${wish.siteName} is set up. ${wish.username} can sign in at https://${wish.hostname}/login.`);
    return 0;
  },
};

const optionOf: Readonly<Record<string, string>> = {
  "/siteName": "--site-name",
  "/hostname": "--hostname",
  "/username": "--admin",
  "/displayName": "--admin",
  "/password": "The password on standard input",
};

function problemOf(wish: unknown): string {
  const path = Value.Errors(SetUp, wish).First()?.path ?? "";
  return `${optionOf[path] ?? "An option"} cannot be taken as it is. Names have no control characters, user names no spaces.`;
}

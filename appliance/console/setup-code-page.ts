import { AppError } from "../../protocol/errors.ts";
import { asServer } from "../system/as-server.ts";
import { attempt, type Page, pause, writeTitle } from "./page.ts";

/** A code that proves to the web pages that somebody stands at the console: for set-up, and to reset an administrator. */
export const setupCodePage: Page = {
  title: "Set-up code",
  async show({ terminal, system }) {
    writeTitle(terminal, "Set-up code");
    const code = await attempt(terminal, async () => {
      const { exitCode, output, complaint } = await asServer(system, [
        "presence-code",
        "--data",
        system.paths.serverData,
      ]);
      if (exitCode === 0) return output.trim();
      throw new AppError("system.failed", `The server gave no code: ${complaint.trim().split("\n").at(-1) ?? ""}`);
    });
    if (code === null) return;
    terminal.write("Type this code where the set-up page, or the sign-in page of /appliance, asks\n");
    terminal.write(`for it. Whoever has it can become the appliance's administrator.\n\n${indented(code)}\n`);
    await pause(terminal);
    // It does not stay on the screen.
    terminal.clear();
  },
};

function indented(text: string): string {
  return text
    .split("\n")
    .map((line) => `    ${line.replaceAll(/[^\x20-\x7e]/gu, "")}\n`)
    .join("");
}

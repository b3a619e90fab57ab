import { expect, test } from "bun:test";
import { agentPlatforms, installerFileName } from "../../../protocol/api/administration.ts";
import { commandsFor, platformNames } from "./deploy.ts";

test("JCSET-01 each platform has a name and commands that name the downloaded file", () => {
  for (const platform of agentPlatforms) {
    expect(platformNames[platform]).toContain(", ");
    for (const { text } of commandsFor({ name: "Front desks" }, platform)) {
      expect(text).toContain(installerFileName("Front desks", platform));
    }
  }
});

test("whatever an installer is called, its file name is plain enough for a shell", () => {
  for (const name of ["", "$(reboot)", "a; rm -rf /", "Büro «Süd»", "../../etc/passwd", "x".repeat(500)]) {
    expect(installerFileName(name, "linux-x64")).toMatch(/^causeway-[a-z0-9-]+-linux-x64\.run$/u);
  }
});

test("on Linux one can install into another directory, and give the computer a name", () => {
  const texts = commandsFor({ name: "" }, "linux-x64").map(({ text }) => text);
  expect(texts[0]).toBe("sudo sh causeway-jump-client-linux-x64.run");
  expect(texts[1]).toContain(" --directory /");
  expect(texts[2]).toContain(' --name "');
});

import { expect, test } from "bun:test";
import { removalWords } from "./removal-words.ts";

const online = { name: "NMC-LIB-0214", status: "online" } as const;
const busy = { name: "NMC-LIB-0301", status: "in-session" } as const;

test("the title names the object, the button repeats verb and count", () => {
  expect(removalWords([online], 1)).toEqual({
    title: "Remove NMC-LIB-0214?",
    text: "It uninstalls from the computer; if that is offline, when it is next online.",
    action: "Remove 1 Jump Client",
  });
  expect(removalWords([online, busy], 4)).toMatchObject({
    title: "Remove 4 Jump Clients?",
    action: "Remove 4 Jump Clients",
  });
});

test("whose session ends is said", () => {
  expect(removalWords([busy], 1).text).toEndWith("It is in session, and the session ends.");
  expect(removalWords([busy, online], 2).text).toEndWith("1 is in session and its session ends.");
  expect(removalWords([busy, busy, online], 3).text).toEndWith("2 are in session and their sessions end.");
});

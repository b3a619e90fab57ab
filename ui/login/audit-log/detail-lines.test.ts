import { expect, test } from "bun:test";
import { detailKey, detailLines, objectKindInWords, valueText } from "./detail-lines.ts";

test("facts are told by what they are called, permissions and settings by their names, names as people gave them", () => {
  expect(["maxUses", "shell.use", "systemJumpItemRole", "Finance desk", "ofTomorrow"].map(detailKey)).toEqual([
    ...["Uses allowed", "Open a shell", "System Jump Item Role", "Finance desk", "ofTomorrow"],
  ]);
  expect(["constructor", "toString"].map(detailKey)).toEqual(["constructor", "toString"]);
  expect(["jump-client", "constructor"].map(objectKindInWords)).toEqual(["Jump Client", "constructor"]);
});

test("values read as words", () => {
  expect([null, "", [], undefined].map(valueText)).toEqual(["none", "none", "none", "none"]);
  expect([true, 0, "a", ["shell.use", "b"]].map(valueText)).toEqual(["yes", "0", "a", "Open a shell, b"]);
  expect(valueText([{ name: "Desks", isFinal: false }])).toBe("Name: Desks; Final: no");
});

test("a change is told with what it was, whichever way it is kept, and only what differs", () => {
  expect(detailLines({ name: { before: "Desks", after: "Floor" }, tag: { from: "", to: "x" } })).toEqual([
    { label: "Name", text: "Floor, was Desks" },
    { label: "Tag", text: "x, was none" },
  ]);
  const before = { port: 25, host: "a", passwords: { minLength: 12, minKinds: 2 } };
  const after = { port: 587, host: "a", passwords: { minLength: 14, minKinds: 2 } };
  expect(detailLines({ before, after })).toEqual([
    { label: "Port", text: "587, was 25" },
    { label: "Passwords: Characters needed", text: "14, was 12" },
  ]);
});

test("facts within facts stand in lines of their own, and there is an end to them", () => {
  const rules = { grants: { "shell.use": { value: "allow", isAsked: true } }, prompting: null };
  expect(detailLines({ rules, members: {} })).toEqual([
    { label: "Rules: Permissions: Open a shell: Value", text: "allow" },
    { label: "Rules: Permissions: Open a shell: The customer is asked", text: "yes" },
    { label: "Rules: How the customer is asked", text: "none" },
    { label: "Members", text: "none" },
  ]);
  const many = Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`fact ${at}`, at]));
  expect(detailLines(many)).toHaveLength(100);
});

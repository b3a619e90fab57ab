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
  expect([null, "", [], undefined].map((value) => valueText(value))).toEqual(["none", "none", "none", "none"]);
  expect([true, 0, "zebra", ["shell.use", "quagga"]].map((value) => valueText(value))).toEqual([
    "yes",
    "0",
    "zebra",
    "Open a shell, quagga",
  ]);
  expect(valueText([{ name: "Desks", isFinal: false }])).toBe("Name: Desks; Final: no");
});

test("words of ours are said, by what they are of; what people gave stays as it is", () => {
  expect(detailLines({ answer: "unanswered", because: "second-proof", reason: "api", username: "none" })).toEqual([
    { label: "Answer", text: "Not answered" },
    { label: "Reason", text: "Second proof" },
    { label: "Reason", text: "Asked by a program" },
    { label: "User name", text: "none" },
  ]);
  expect(detailLines({ members: { Rosa: "lead" }, code: "network.refused" })).toEqual([
    { label: "Members: Rosa", text: "Team lead" },
    { label: "Code", text: "That is not allowed from this network." },
  ]);
  expect(detailLines({ area: "api" })[0]!.text).toBe("API");
  expect(detailLines({ code: "signature.missing" })[0]!.text).toBe("The answer is not signed.");
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
    { label: "Rules: Permissions: Open a shell: Value", text: "Allow" },
    { label: "Rules: Permissions: Open a shell: The customer is asked", text: "yes" },
    { label: "Rules: How the customer is asked", text: "none" },
    { label: "Members", text: "none" },
  ]);
  const many = Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`fact ${at}`, at]));
  expect(detailLines(many)).toHaveLength(100);
});

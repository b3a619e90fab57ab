import { expect, test } from "bun:test";
import { isForPeople, type Place } from "./words.ts";

const nowhere: Place = {
  scope: "script",
  element: undefined,
  attribute: undefined,
  property: undefined,
  call: undefined,
  owners: [],
  isShown: false,
};

test("a capitalised word and several words in a row are for people, wherever they stand", () => {
  for (const text of [
    "Never",
    "signed in",
    "Jump Clients",
    "{0} of {1} are removed.",
    "Copy to…",
    "No session with {0}",
  ]) {
    expect(isForPeople(text, nowhere)).toBe(true);
  }
});

test("addresses, names with dots, classes, sizes and key names are code", () => {
  const code = [
    "/api/login/users/{0}",
    "sign_in.failed",
    "btn btn--sm {0}",
    "t3 sm",
    "86px",
    "#home",
    "session",
    "Enter",
  ];
  for (const text of [
    ...code,
    "application/json",
    "causeway.console.home",
    "min-width: 900px",
    "{0}-help",
    "SHA-256",
    "—",
  ]) {
    expect(isForPeople(text, nowhere)).toBe(false);
  }
});

test("what is named label, text or help is for people even as one small word", () => {
  expect(isForPeople("on", { ...nowhere, property: "label" })).toBe(true);
  expect(isForPeople("never", { ...nowhere, owners: ["accessedText", "who"] })).toBe(true);
  expect(isForPeople("/downloads", { ...nowhere, property: "label" })).toBe(false);
  expect(isForPeople("never", { ...nowhere, owners: ["stateOf"] })).toBe(false);
});

test("what is named class, kind or id is code even as a sentence, and so are arguments of code", () => {
  expect(isForPeople("Two words", { ...nowhere, property: "kind" })).toBe(false);
  expect(isForPeople("Two words", { ...nowhere, call: "headers.get" })).toBe(false);
  expect(isForPeople("Two words", { ...nowhere, owners: ["placeText", "placeKey"] })).toBe(false);
  expect(isForPeople("Two words", { ...nowhere, element: "a", attribute: "rel" })).toBe(false);
});

test("everything in markup is for people, but not what shows code", () => {
  expect(isForPeople("move", { ...nowhere, scope: "markup", element: "span" })).toBe(true);
  expect(isForPeople("sudo sh install.run", { ...nowhere, scope: "markup", element: "code" })).toBe(false);
});

import { expect, test } from "bun:test";
import type { UserDetail } from "../../../protocol/api/users.ts";
import { dayOf, draftChanges, draftOf, draftSentences, emailProblem, endOfDay } from "./user-draft.ts";

const grace: UserDetail = {
  id: "AAAAAAAAAAAAAAAAAAAAAA",
  username: "grace",
  displayName: "Grace Mbeki",
  publicName: "Grace",
  email: "",
  provider: "local",
  providerName: "Local",
  status: "active",
  isDisabled: false,
  isLocked: false,
  isBreakGlass: false,
  mustChangePassword: false,
  expiresAt: null,
  language: "",
  isSignedIn: false,
  lastSignInAt: null,
  lastSeenAt: null,
  createdAt: "2026-11-01T10:00:00.000Z",
  passkeys: 0,
  hasAuthenticatorApp: false,
  hasPassword: true,
  isAdministrator: false,
  groupPolicies: [],
  version: 3,
  settings: { "console.use": true },
  teams: [],
  externalId: null,
  externalGroups: [],
};

test("only what differs is sent, and each change is a sentence", () => {
  expect(draftChanges(grace, draftOf(grace))).toEqual({});
  const draft = { ...draftOf(grace), displayName: " Grace M. ", isDisabled: true, settings: {} };
  const change = draftChanges(grace, draft);
  expect(change).toEqual({ displayName: "Grace M.", isDisabled: true, settings: {} });
  expect(draftSentences(grace, change, null)).toEqual([
    "Display name: “Grace M.”, was “Grace Mbeki”",
    "The account is disabled and signed out at once",
    "Use the console: not set here, was Allowed",
  ]);
});

test("B8 an account ends with the day that was chosen", () => {
  const end = endOfDay("2027-02-28");
  expect(dayOf(end)).toBe("2027-02-28");
  expect(endOfDay("")).toBeNull();
  expect(dayOf(null)).toBe("");
});

test("an address is wrong in words", () => {
  expect(emailProblem("")).toBe("");
  expect(emailProblem("g.mbeki@northmoor.example")).toBe("");
  expect(emailProblem("g.mbeki@northmoor")).toContain("no domain ending");
  expect(emailProblem("g mbeki")).toContain("one @");
});

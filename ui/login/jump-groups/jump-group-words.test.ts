import { expect, test } from "bun:test";
import { changedFields, draftOf, jumpGroupChanges } from "./jump-group-words.ts";

const saved = draftOf({
  id: "00000000-0000-4000-8000-000000000001",
  name: "Finance",
  codeName: "finance",
  comments: "",
  assistance: "both",
  hasEndpointTools: null,
  jumpClients: 3,
  createdAt: "2026-11-21T00:00:00.000Z",
  version: 1,
});

test("what nobody touched is neither sent nor told", () => {
  expect(changedFields(saved, { ...saved })).toEqual({});
  expect(jumpGroupChanges(saved, { ...saved })).toEqual([]);
});

test("a change of a Jump Group is told with what it was", () => {
  const edited = { ...saved, name: "Finance and payroll", assistance: "attended", endpointTools: "off" } as const;
  expect(changedFields(saved, edited)).toEqual({
    name: "Finance and payroll",
    assistance: "attended",
    hasEndpointTools: false,
  });
  expect(jumpGroupChanges(saved, edited)).toEqual([
    "Name: “Finance and payroll”, was “Finance”",
    "Help it takes: Only while a customer is there, was With and without a customer there",
    "Endpoint tools: Not allowed, was As the site says",
  ]);
});

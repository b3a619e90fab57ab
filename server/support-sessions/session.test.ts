import { describe, expect, test } from "bun:test";
import type { RepresentativeId } from "../../protocol/ids.ts";
import {
  AGENT_LOST_LIMIT_MS,
  BEGIN_AGAIN_MS,
  BEGIN_AT_MOST_EVERY_MS,
  EMPTY_LIMIT_MS,
  restoreSession,
  type SessionInput,
  type SessionModel,
  startSession,
  type SessionStep,
  stepSession,
} from "./session.ts";

const ines = "ines" as RepresentativeId;
const tom = "tom" as RepresentativeId;
const at = (ms: number) => ({ ms, iso: new Date(1_800_000_000_000 + ms).toISOString() });

/** Feeds inputs, one each second from `fromMs`; gives the last step. */
function run(model: SessionModel, inputs: readonly SessionInput[], fromMs = 2000): SessionStep {
  let step: SessionStep = { model, effects: [] };
  inputs.forEach((input, index) => (step = stepSession(step.model, input, at(fromMs + index * 1000))));
  return step;
}
const started = (): SessionModel => startSession("finch", { representative: ines, displayName: "Ines" }, at(0)).model;
const bothLanes: SessionInput[] = [
  { type: "lane-attached", lane: "interactive" },
  { type: "lane-attached", lane: "bulk" },
];
const active = (): SessionModel => run(started(), bothLanes).model;
const tomJoins: SessionInput = { type: "joined", representative: tom, displayName: "Tom" };
const begun = ({ effects }: SessionStep): string[] =>
  effects.flatMap((effect) => (effect.type === "begin" ? effect.lanes : []));
const kinds = (step: SessionStep): string[] => step.effects.map((effect) => effect.type);

describe("a support session", () => {
  test("connects: it is active when both lanes stand, and no sooner", () => {
    expect(started().state).toBe("connecting");
    expect(run(started(), [bothLanes[0]!]).model.state).toBe("connecting");
    expect(run(started(), [bothLanes[1]!]).model.state).toBe("connecting");
    expect(active().state).toBe("active");
  });

  test("JUMP-34 whoever starts or joins takes part; joining twice is once", () => {
    const joined = run(active(), [tomJoins, tomJoins]).model;
    expect(joined.participants.map((one) => one.representative)).toEqual([ines, tom]);
    expect(joined.owner).toBe(ines);
    expect(kinds(run(active(), [tomJoins]))).toEqual(["participant-joined", "audit", "log", "show"]);
  });

  test("the longest-joined participant owns it when the owner leaves", () => {
    const { model, effects } = run(active(), [tomJoins, { type: "left", representative: ines }]);
    expect(model.owner).toBe(tom);
    expect(model.state).toBe("active");
    expect(effects).toContainEqual({ type: "dismiss", representative: ines, message: "You left the session" });
  });

  test("it ends when the last participant leaves, and the agent is told", () => {
    const step = run(active(), [{ type: "left", representative: ines }]);
    expect(step.model.state).toBe("ended");
    expect(kinds(step).at(-1)).toBe("finish");
  });

  test("it ends for everybody when a participant ends it, and for nobody when a stranger asks", () => {
    const step = run(active(), [tomJoins, { type: "end-asked", representative: tom }]);
    expect(step.model.endReason).toBe("Tom ended the session");
    const dismissed = step.effects.flatMap((effect) => (effect.type === "dismiss" ? [effect.representative] : []));
    expect(dismissed).toEqual([ines, tom]);
    expect(run(active(), [{ type: "end-asked", representative: tom }]).effects).toEqual([]);
  });

  test("a console that drops is waited for five minutes, not a moment less", () => {
    const lost = run(active(), [{ type: "console-lost", representative: ines }], 10_000).model;
    expect(lost.participants[0]!.isConnected).toBe(false);
    const before = stepSession(lost, { type: "ticked" }, at(10_000 + EMPTY_LIMIT_MS - 1));
    expect(before.model.state).toBe("active");
    expect(stepSession(before.model, { type: "ticked" }, at(10_000 + EMPTY_LIMIT_MS)).model.state).toBe("ended");
    const back = run(lost, [{ type: "console-back", representative: ines }]).model;
    expect(stepSession(back, { type: "ticked" }, at(1e9)).model.state).toBe("active");
  });

  test("an agent that drops is told to dial again and waited for ten minutes", () => {
    const lost = run(active(), [{ type: "lane-lost", lane: "interactive" }], 20_000);
    expect(lost.model.state).toBe("agent-lost");
    expect(kinds(lost)).toEqual(["log", "show", "begin"]);
    const again = stepSession(lost.model, { type: "ticked" }, at(20_000 + BEGIN_AGAIN_MS));
    expect(kinds(again)).toEqual(["begin"]);
    expect(stepSession(lost.model, { type: "ticked" }, at(20_000 + AGENT_LOST_LIMIT_MS)).model.state).toBe("ended");
    const back = run(lost.model, [bothLanes[0]!], 30_000).model;
    expect(back.state).toBe("active");
  });

  test("the bulk lane alone is dialled again without the session being lost", () => {
    const step = run(active(), [{ type: "lane-lost", lane: "bulk" }], 20_000);
    expect(step.model.state).toBe("active");
    expect(step.effects).toEqual([{ type: "begin", lanes: ["bulk"] }]);
  });

  test("only the lane that was lost is dialled; both when both were, and when the agent itself was away", () => {
    const lost = run(active(), [{ type: "lane-lost", lane: "interactive" }], 20_000);
    expect(begun(lost)).toEqual(["interactive"]);
    const bulkToo = stepSession(lost.model, { type: "lane-lost", lane: "bulk" }, at(20_001));
    expect(begun(bulkToo)).toEqual(["bulk"]);
    expect(begun(stepSession(bulkToo.model, { type: "ticked" }, at(20_000 + BEGIN_AGAIN_MS)))).toEqual(["interactive"]);
    const later = stepSession(bulkToo.model, { type: "ticked" }, at(20_001 + BEGIN_AGAIN_MS));
    expect(begun(later)).toEqual(["interactive", "bulk"]);
    const away = run(active(), [{ type: "agent-offline" }, { type: "lane-lost", lane: "bulk" }], 20_000);
    expect(begun(run(away.model, [{ type: "agent-online" }], 90_000))).toEqual(["interactive", "bulk"]);
  });

  test("a lane that breaks again and again is not dialled more than once a second", () => {
    let { model } = run(active(), [{ type: "lane-lost", lane: "bulk" }], 20_000);
    const breakAt = (ms: number): string[] => {
      model = stepSession(model, { type: "lane-attached", lane: "bulk" }, at(ms)).model;
      const step = stepSession(model, { type: "lane-lost", lane: "bulk" }, at(ms));
      model = step.model;
      return begun(step);
    };
    expect(breakAt(20_000 + BEGIN_AT_MOST_EVERY_MS - 1)).toEqual([]);
    expect(breakAt(20_000 + BEGIN_AT_MOST_EVERY_MS)).toEqual(["bulk"]);
  });

  test("a lane that a newer one replaces asks for no further dialling", () => {
    const step = run(active(), [{ type: "lane-replaced", lane: "interactive" }], 20_000);
    expect(kinds(step)).toEqual(["log", "show"]);
    expect(run(step.model, [bothLanes[0]!], 20_100).model.state).toBe("active");
  });

  test("an offline agent is told nothing until it is back", () => {
    const lost = run(active(), [{ type: "agent-offline" }, { type: "lane-lost", lane: "interactive" }], 20_000);
    expect(kinds(lost)).toEqual(["log", "show"]);
    expect(kinds(run(lost.model, [{ type: "agent-online" }], 90_000))).toEqual(["begin"]);
  });

  test("it ends when its Jump Client is removed", () => {
    expect(run(active(), [{ type: "jump-client-removed" }]).model.endReason).toBe("The Jump Client was removed");
  });

  test("a restored session waits for everyone and goes on when they return", () => {
    const people = [{ representative: ines, displayName: "Ines", joinedAt: at(0).iso }];
    const restored = restoreSession({ name: "finch", owner: ines, participants: people }, at(0));
    expect(restored.state).toBe("agent-lost");
    const steps: SessionInput[] = [
      { type: "agent-online" },
      ...bothLanes,
      { type: "console-back", representative: ines },
    ];
    const back = run(restored, steps).model;
    expect([back.state, back.participants[0]!.isConnected, back.emptySinceMs]).toEqual(["active", true, null]);
  });

  test("after the end nothing happens any more", () => {
    const { model } = run(active(), [{ type: "end-asked", representative: ines }]);
    for (const input of [tomJoins, ...bothLanes, { type: "ticked" } as const])
      expect(stepSession(model, input, at(1e9))).toEqual({ model, effects: [] });
  });
});

test("whatever happens in whatever order, a running session has an owner who takes part and says why it ended", () => {
  let seed = 42;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  const people = ["a", "b", "c"] as RepresentativeId[];
  const inputs: ((who: RepresentativeId) => SessionInput)[] = [
    (representative) => ({ type: "joined", representative, displayName: representative }),
    (representative) => ({ type: "left", representative }),
    (representative) => ({ type: "console-lost", representative }),
    (representative) => ({ type: "console-back", representative }),
    () => ({ type: "lane-attached", lane: random(2) === 0 ? "interactive" : "bulk" }),
    () => ({ type: "lane-lost", lane: random(2) === 0 ? "interactive" : "bulk" }),
    () => ({ type: "lane-replaced", lane: "interactive" }),
    () => ({ type: "agent-online" }),
    () => ({ type: "agent-offline" }),
    () => ({ type: "ticked" }),
  ];
  for (let round = 0; round < 300; round += 1) {
    let model = startSession("finch", { representative: people[0]!, displayName: "a" }, at(0)).model;
    let ms = 0;
    for (let step = 0; step < 60; step += 1) {
      ms += random(90_000);
      const next = stepSession(model, inputs[random(inputs.length)]!(people[random(3)]!), at(ms));
      check(next, model);
      model = next.model;
    }
  }
});

function check({ model, effects }: SessionStep, before: SessionModel): void {
  const isOver = model.state === "ended";
  expect(model.endReason !== null).toBe(isOver);
  expect(effects.filter((effect) => effect.type === "finish").length).toBe(isOver && before.state !== "ended" ? 1 : 0);
  if (isOver) return;
  expect(model.participants.some((one) => one.representative === model.owner)).toBe(true);
  expect(new Set(model.participants.map((one) => one.representative)).size).toBe(model.participants.length);
  expect(model.emptySinceMs === null).toBe(model.participants.some((one) => one.isConnected));
  expect(model.agentLostSinceMs === null).toBe(model.state === "active");
  if (model.state === "active") expect(model.lanes.interactive).toBe(true);
}

import { expect, test } from "bun:test";
import type { NoticeStop } from "../../protocol/messages/connected-notice.ts";
import { CustomerStops, type NoticeHost } from "./customer-stops.ts";

const notice = (session: string) => ({
  ...{ session, siteName: "Northmoor", representatives: ["Rosa"], language: "en", mayAppear: true },
});
const begin = (session: string) => ({ session, interactiveTicket: "", bulkTicket: "" });

/** A computer in one session, with its notice; what is told the site, and what is begun and ended. */
function computer() {
  const told: unknown[] = [];
  const done: string[] = [];
  const ids = ["one"];
  let stop: (session: string, how: NoticeStop) => void = () => undefined;
  const sessions = {
    ids,
    begin: ({ session }: { session: string }) => void done.push(`begin ${session}`),
    finish: (session: string) => {
      done.push(`finish ${session}`);
      if (ids.includes(session)) ids.splice(ids.indexOf(session), 1);
    },
    tick: () => undefined,
  };
  const notices: NoticeHost = {
    show: ({ session }) => void done.push(`show ${session}`),
    keepOnly: (kept) => void done.push(`keep ${kept.join()}`),
    onStop: (listener) => (stop = listener),
  };
  const stops = new CustomerStops(sessions, notices, (session, how) => void told.push([session, how]));
  return { stops, told, done, press: () => stop("one", "button") };
}

test("JUMP-13 what the customer stops is over at once, told, and not begun again", () => {
  const { stops, told, done, press } = computer();
  stops.show(notice("one"));
  press();
  expect(done.splice(0)).toEqual(["show one", "finish one", "keep "]);
  expect(told.splice(0)).toEqual([["one", "button"]]);
  stops.begin(begin("one"));
  stops.show(notice("one"));
  expect([done, told.splice(0)]).toEqual([[], [["one", "button"]]]);
});

test("JUMP-13 a site that could not be told is told when it is back, until it says that it is over", () => {
  const { stops, told, done, press } = computer();
  press();
  told.length = 0;
  stops.tellAll();
  expect(told.splice(0)).toEqual([["one", "button"]]);
  stops.finish("one");
  stops.tellAll();
  expect(told).toEqual([]);
  done.length = 0;
  stops.begin(begin("two"));
  expect(done).toEqual(["begin two"]);
});

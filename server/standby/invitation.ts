/** What a primary hands out by a person's hand, and how the other appliance comes in with it. */
import { type Static, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { Bytes32 } from "../../protocol/hello.ts";
import { dialLane, type LaneAddress } from "./lane/dial.ts";
import type { PairKeys } from "./lane/pair-keys.ts";

/** Of a machine with many addresses the first ones. */
const MAX_HOSTS = 8;
const ANSWER_MS = 8000;

const InvitationText = Type.Object({
  hosts: Type.Array(Type.String({ minLength: 1, maxLength: 255 }), { minItems: 1, maxItems: MAX_HOSTS }),
  port: Type.Integer({ minimum: 1, maximum: 65535 }),
  /** The inviting appliance's pair key: whoever answers without it is somebody else. */
  key: Bytes32,
  secret: Bytes32,
  siteName: Type.String({ maxLength: 200 }),
});
export type InvitationText = Static<typeof InvitationText>;

/** One line to be copied. */
export function encodeInvitation(invitation: InvitationText): string {
  const hosts = [...new Set(invitation.hosts.filter((host) => host !== ""))].slice(0, MAX_HOSTS);
  return Buffer.from(JSON.stringify({ ...invitation, hosts })).toString("base64url");
}

/** null: it is none. */
export function readInvitation(text: string): InvitationText | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(text.trim(), "base64url").toString());
    return Value.Check(InvitationText, value) ? value : null;
  } catch {
    // Whatever was pasted, it is not one of ours.
    return null;
  }
}

/** Who took the invitation. */
export interface Met extends LaneAddress {
  readonly term: number;
  readonly siteName: string;
}

/**
 * Tries the addresses one after the other.
 * @returns why nobody took it, for the log
 */
export async function joinBy(
  { hosts, port, key, secret }: InvitationText,
  own: LaneAddress & { readonly keys: PairKeys; readonly siteName: string },
): Promise<Met | string> {
  let reason = "";
  for (const host of hosts) {
    const met = await knock({ host, port }, { hostKey: key, invitation: secret }, own);
    if (typeof met !== "string") return met;
    reason = `${reason} ${host}: ${met}.`;
  }
  return reason.trim();
}

async function knock(
  address: LaneAddress,
  side: { readonly hostKey: string; readonly invitation: string },
  own: LaneAddress & { readonly keys: PairKeys; readonly siteName: string },
): Promise<Met | string> {
  const { promise, resolve } = Promise.withResolvers<Met | string>();
  const lane = dialLane(
    address,
    { kind: "dialler", keys: own.keys, ...side },
    {
      onOpen: (opened) => {
        const { host, port, siteName } = own;
        const standing = { role: "standby", term: 0, hasYielded: false } as const;
        opened.send({ type: "state", ...standing, host, port, siteName, position: null });
      },
      onMessage: (_, word) => {
        if (word.type === "state") resolve({ ...address, term: word.term, siteName: word.siteName });
      },
      onClose: (_, reason) => resolve(reason),
    },
  );
  const timer = setTimeout(() => lane.end("it took too long"), ANSWER_MS);
  const met = await promise;
  clearTimeout(timer);
  lane.end("met");
  return met;
}

import { isIPv4, isIPv6 } from "node:net";

/** An address as a number, with its family; and how many of its bits name the network. */
export interface IpNetwork {
  readonly family: 4 | 6;
  readonly address: bigint;
  readonly prefix: number;
}

const bitsOf = (family: 4 | 6): number => (family === 4 ? 32 : 128);

/** @returns null for anything but "address/prefix" with a prefix that the family has */
export function readNetwork(text: string): IpNetwork | null {
  const slash = text.lastIndexOf("/");
  const address = readAddress(text.slice(0, Math.max(slash, 0)));
  const prefix = /^(?:0|[1-9][0-9]{0,2})$/u.test(text.slice(slash + 1)) ? Number(text.slice(slash + 1)) : 999;
  return address === null || prefix > bitsOf(address.family) ? null : { ...address, prefix };
}

/** @returns null for anything but one IPv4 or IPv6 address, without a zone */
export function readAddress(text: string): Omit<IpNetwork, "prefix"> | null {
  if (isIPv4(text)) return { family: 4, address: joinGroups(text.split(".").map(Number), 8n) };
  if (!isIPv6(text) || text.includes("%")) return null;
  return { family: 6, address: joinGroups(ipv6Groups(text), 16n) };
}

/** Whether the address lies in the network that the other one names. */
export function contains(network: IpNetwork, { family, address }: Omit<IpNetwork, "prefix">): boolean {
  const shift = BigInt(bitsOf(network.family) - network.prefix);
  return family === network.family && address >> shift === network.address >> shift;
}

/** Whether a machine of the network may have this address: not the network's own name, not its broadcast. */
export function isHostAddress({ family, address, prefix }: IpNetwork): boolean {
  const hostBits = BigInt(bitsOf(family) - prefix);
  if (!isUnicast({ family, address })) return false;
  if (family === 6 || hostBits < 2n) return true;
  const host = address & ((1n << hostBits) - 1n);
  return host !== 0n && host !== (1n << hostBits) - 1n;
}

/** Whether it is one machine's address: not unspecified, loop-back, multicast or broadcast. */
export function isUnicast({ family, address }: Omit<IpNetwork, "prefix">): boolean {
  if (family === 6) return address > 1n && address >> 120n !== 0xffn;
  const first = Number(address >> 24n);
  return first !== 0 && first !== 127 && first < 224;
}

function joinGroups(groups: readonly number[], bits: bigint): bigint {
  return groups.reduce((sum, group) => (sum << bits) | BigInt(group), 0n);
}

/** The eight groups of an address that was seen to be one. */
function ipv6Groups(text: string): number[] {
  const [head = "", tail] = text.split("::");
  const before = groupsOf(head);
  if (tail === undefined) return before;
  const after = groupsOf(tail);
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0), ...after];
}

function groupsOf(text: string): number[] {
  return text.split(":").flatMap((group) => {
    if (group === "") return [];
    if (!group.includes(".")) return [Number.parseInt(group, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = group.split(".").map(Number);
    return [(a << 8) | b, (c << 8) | d];
  });
}

import { networkInterfaces } from "node:os";

/** The addresses of this machine's interfaces now. */
export const ownAddresses = (): string[] =>
  Object.values(networkInterfaces()).flatMap((addresses = []) => addresses.map(({ address }) => address));

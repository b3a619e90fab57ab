import type { SystemReport } from "../connection/standing-connection.ts";

/** A computer that is always the same, for tests of what is said about it. */
export const fixedSystem: SystemReport = {
  facts: () => ({
    hostName: "reception",
    platform: "linux",
    architecture: "x64",
    operatingSystem: "Debian GNU/Linux 12 (bookworm)",
    agentVersion: "0.0.0",
    privateAddresses: ["192.0.2.7"],
    bootedAt: "2026-11-21T00:00:00.000Z",
  }),
  statistics: () => ({
    cpuPercent: 1.5,
    memoryTotalBytes: 8e9,
    memoryUsedBytes: 2e9,
    disks: [{ name: "/", totalBytes: 1e11, usedBytes: 4e10 }],
    signedInUsers: [],
    isScreenLocked: null,
    hasDisplay: false,
  }),
};

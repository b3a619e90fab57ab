/**
 * What the events of an appliance are called. The server keeps and sends them in English; a page that speaks another
 * language knows them by these. Only the titles are of this list: what is behind them names files, versions, addresses.
 */
export const applianceEventTitles = {
  "system.started": "The appliance started",
  "system.silent": "The system does not answer",
  "part.attention": "A part needs attention",
  "part.failed": "A part does not work",
  "part.well": "Everything works again",
  "network.tried": "Network settings are tried",
  "network.kept": "Network settings were kept",
  "network.reverted": "Network settings went back",
  "clock.changed": "Time settings were changed",
  "certificate.renewed": "The certificate was renewed",
  "certificate.failed": "The certificate could not be renewed",
  "power.restart": "The appliance restarts",
  "power.off": "The appliance is switched off",
  "power.software": "The software restarts",
  "power.cancelled": "The restart was called off",
  "backup.failed": "A backup failed",
  "backup.lost": "A backup did not happen",
  "standby.away": "The other appliance of the pair is not reached",
  "standby.back": "The other appliance of the pair is reached again",
  "update.received": "An update arrived",
  "update.ready": "An update is ready",
  "update.failed": "An update failed",
  "update.finished": "An update was installed",
  "update.returned": "The former version runs again",
  "update.cancelled": "An update was cancelled",
  "update.check-failed": "Updates could not be looked for",
} as const;
/** What happened. */
export type ApplianceEventKind = keyof typeof applianceEventTitles;

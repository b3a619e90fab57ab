/** Which of systemd's units the appliance starts, and which never run. */

/** Enabled, beside what Debian's packages enable themselves. */
export const enabledUnits = [
  "causeway.service",
  "causeway-bless.service",
  "causeway-console@tty1.service",
  "causeway-console@ttyS0.service",
  "causeway-helper.service",
  "causeway-init.service",
  "chrony.service",
  "nftables.service",
  "systemd-networkd.service",
  "systemd-resolved.service",
] as const;

/** Masked: no unit, dependency or word on a console starts them. */
export const maskedUnits = [
  // Sign-ins and shells
  "autovt@.service",
  "console-getty.service",
  "container-getty@.service",
  "debug-shell.service",
  "getty.target",
  "getty@.service",
  "serial-getty@.service",
  "sulogin.service",
  // Work on a root that cannot be written, or that updates replace whole
  "dpkg-db-backup.timer",
  "e2scrub_all.timer",
  "e2scrub_reap.service",
  "fstrim.timer",
  "systemd-firstboot.service",
  "systemd-machine-id-commit.service",
  "systemd-sysext.service",
  "systemd-confext.service",
  // Partitions are grown by causeway-grow.service alone
  "systemd-repart.service",
  // Another clock beside chrony
  "systemd-timesyncd.service",
  // Waiting for every interface holds the start up where one has no cable
  "systemd-networkd-wait-online.service",
] as const;

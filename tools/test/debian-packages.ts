import { existsSync } from "node:fs";

/** What the tests need of Debian: a browser, a virtual desktop, programs to look at it and to steer it; identity providers; the
 * system's own programs that read what the appliance writes. */
export const testPackages = [
  "chromium",
  "chrony",
  "dpkg-dev",
  "fonts-dejavu-core",
  "fonts-ipafont-gothic",
  "iproute2",
  "ldap-utils",
  "libx11-6",
  "libxdamage1",
  "libxext6",
  "libxfixes3",
  "libxft2",
  "libxi6",
  "libxrandr2",
  "libxtst6",
  "man-db",
  "nftables",
  "openbox",
  "openssh-server",
  "openssl",
  "pebble",
  "php-cli",
  "php-xml",
  "rsyslog",
  "rsyslog-gnutls",
  "simplesamlphp",
  "slapd",
  "snmp",
  "systemd",
  "x11-utils",
  "x11-xkb-utils",
  "x11-xserver-utils",
  "xauth",
  "xclip",
  "xdotool",
  "xkb-data",
  "xmlsec1",
  "xsel",
  "xterm",
  "xvfb",
] as const;

/** What `make run` needs to show a desktop where there is none. */
export const desktopPackages = [
  "xvfb",
  "openbox",
  "xterm",
  "x11-xserver-utils",
  "xkb-data",
  "fonts-dejavu-core",
] as const;

/**
 * Installs the packages that are missing. Does nothing where all are there.
 * @returns null, or in one sentence what is missing and what to do
 */
export async function installPackages(packages: readonly string[]): Promise<string | null> {
  if (!existsSync("/usr/bin/dpkg-query")) {
    return `This is not Debian, so nothing was installed; needed are the likes of: ${packages.join(" ")}.`;
  }
  const missing = missingPackages(packages);
  if (missing.length === 0) return null;
  const command = `apt-get install -y --no-install-recommends ${missing.join(" ")}`;
  if (process.getuid?.() !== 0) return `Missing packages; as root, run: ${command}`;
  console.log(`Installing ${missing.join(" ")}`);
  const environment = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  for (const step of [["apt-get", "update", "-qq"], command.split(" ")]) {
    const child = Bun.spawn(step, { stdin: "ignore", stdout: "ignore", stderr: "inherit", env: environment });
    if ((await child.exited) !== 0) return `"${step.join(" ")}" failed; see above.`;
  }
  return null;
}

function missingPackages(packages: readonly string[]): string[] {
  const format = "--showformat=${Package} ${db:Status-Status}\n";
  const { stdout } = Bun.spawnSync(["dpkg-query", "--show", format, ...packages], { stderr: "ignore" });
  const installed = new Set(
    stdout
      .toString()
      .split("\n")
      .filter((line) => line.endsWith(" installed"))
      .map((line) => line.split(" ")[0]),
  );
  return packages.filter((name) => !installed.has(name));
}

import { expect, test } from "bun:test";
import { shortSystemName } from "./system-name.ts";

test.each([
  ["Debian GNU/Linux 12 (bookworm)", "Debian 12"],
  ["Ubuntu 24.04.1 LTS", "Ubuntu 24.04"],
  ["Red Hat Enterprise Linux 9.4 (Plow)", "Red Hat Enterprise Linux 9.4"],
  ["Fedora Linux 41 (Workstation Edition)", "Fedora Linux 41"],
  ["Arch Linux", "Arch Linux"],
  ["Windows 11 Pro", "Win 11"],
  ["Microsoft Windows Server 2022 Standard", "Win Server 2022"],
  ["macOS 15.1.0", "macOS 15.1"],
  ["", ""],
])("%s is called %s in a list", (operatingSystem, short) => {
  expect(shortSystemName(operatingSystem)).toBe(short);
});

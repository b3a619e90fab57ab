/** How an installer gets onto computers: what the platforms are called and the commands to run there. */
import { type AgentPlatform, type Installer, installerFileName } from "../../../protocol/api/administration.ts";

/** For people; the word in front of the comma is the system. */
export const platformNames: Readonly<Record<AgentPlatform, string>> = {
  "linux-x64": "Linux, x64",
  "linux-arm64": "Linux, ARM64",
  "linux-x64-musl": "Linux with musl (Alpine), x64",
  "linux-arm64-musl": "Linux with musl (Alpine), ARM64",
  "windows-x64": "Windows, x64",
  "windows-arm64": "Windows, ARM64",
  "darwin-x64": "macOS, Intel",
  "darwin-arm64": "macOS, Apple silicon",
};

/** Where an installer for a platform is downloaded. */
export function downloadPath(installer: string, platform: AgentPlatform): string {
  return `/api/login/installers/${installer}/download/${platform}`;
}

export interface Command {
  readonly title: string;
  readonly text: string;
  readonly help: string;
}

/** The commands to run on a computer, in the order one needs them. */
export function commandsFor(installer: Pick<Installer, "name">, platform: AgentPlatform): readonly Command[] {
  const file = installerFileName(installer.name, platform);
  if (platform.startsWith("windows")) {
    return [
      {
        title: "Unpack and install",
        text: `tar -xf ${file} && causeway-agent.exe install --installer causeway-installer.json`,
        help: "In a command prompt that runs as administrator.",
      },
    ];
  }
  if (platform.startsWith("darwin")) {
    return [
      {
        title: "Unpack and install",
        text: `unzip ${file} && sudo ./causeway-agent install --installer causeway-installer.json`,
        help: "In a terminal. Installs a service that starts with the computer and connects here.",
      },
    ];
  }
  return [
    {
      title: "Install",
      text: `sudo sh ${file}`,
      help: "Installs a service that starts with the computer and connects here. Asks nothing, so it suits scripts too.",
    },
    {
      title: "Install into another directory",
      text: `sudo sh ${file} --directory /srv/causeway-agent`,
      help: "The directory must be absolute and belong to root. A path that cannot be used is refused before anything changes.",
    },
    {
      title: "Install under a name of its own",
      text: `sudo sh ${file} --name "Front desk 4"`,
      help: "Otherwise the Jump Client is called as the installer is, or as the computer's host name.",
    },
  ];
}

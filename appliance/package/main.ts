/**
 * Builds the Debian package of the server from what `make build agents` left in dist/, without root:
 * `bun appliance/package/main.ts [--version VERSION] [--arch amd64|arm64] [--folder FOLDER]`
 *
 * It is dated by the commit, or by SOURCE_DATE_EPOCH (seconds since 1970). Whoever builds it for others and answers for it says
 * who they are with CAUSEWAY_MAINTAINER="Name <name@example.com>"; else it is the author in package.json.
 */
import { statSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { hostPlatform } from "../../tools/build/binaries.ts";
import { programStep } from "../../tools/build/steps.ts";
import { runStep } from "../../tools/build/unchanged.ts";
import { run } from "../image/command.ts";
import { readRelease } from "../image/release.ts";
import { packageContents, platformOf } from "./contents.ts";
import { architectures, type Architecture, debianVersion } from "./control.ts";
import { buildDeb } from "./deb.ts";
import { makersOf } from "./maintainer.ts";

const HOST_SERVER = "dist/causeway";

const { values } = parseArgs({
  options: {
    version: { type: "string" },
    arch: { type: "string" },
    folder: { type: "string", default: "dist/package" },
  },
});

async function build(): Promise<void> {
  const begun = performance.now();
  const { version: release, sourceDate: commitDate } = await readRelease(values.version ?? null);
  const sourceDate = Number(process.env["SOURCE_DATE_EPOCH"] ?? commitDate);
  const architecture = wantedArchitecture();
  const version = debianVersion(release);
  const file = join(values.folder, `causeway_${version}_${architecture}.deb`);
  const server = await serverFor(architecture);
  // Asked of this machine's own: every processor's says the same.
  const help = await run([join(process.cwd(), HOST_SERVER), "help"], { sourceDate, network: {} });
  const { author: stated } = (await Bun.file("package.json").json()) as { author: string };
  const { author, maintainer } = makersOf(stated, process.env["CAUSEWAY_MAINTAINER"] ?? null);
  const control = { version, architecture, maintainer };
  const files = await packageContents({ ...control, author, sourceDate, server, help });
  await buildDeb({ control, files, sourceDate }, file);
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  console.log(`${file}: ${(statSync(file).size / 1e6).toFixed(0)} MB, ${seconds} s`);
}

function wantedArchitecture(): Architecture {
  const wanted = values.arch ?? architectures.find((name) => platformOf[name] === hostPlatform()) ?? "amd64";
  const found = architectures.find((name) => name === wanted);
  if (found === undefined) throw new Error(`There is no package for ${wanted}, but for ${architectures.join(", ")}.`);
  return found;
}

/** Another processor's server is compiled here, too. */
async function serverFor(architecture: Architecture): Promise<string> {
  const platform = platformOf[architecture];
  if (platform === hostPlatform()) return HOST_SERVER;
  const outfile = `dist/${platform}/causeway`;
  await runStep(programStep("server", outfile, platform));
  return outfile;
}

try {
  await build();
} catch (failure) {
  console.error(failure instanceof Error ? failure.message : String(failure));
  process.exit(1);
}

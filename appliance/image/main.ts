/** Builds the appliance's image: `bun appliance/image/main.ts [--version VERSION]`, as root on Debian 12 or later. */
import { versionText } from "../../tools/build/binaries.ts";
import { installPackages } from "../../tools/test/debian-packages.ts";
import { buildImage } from "./image.ts";
import { SigningKey } from "./keys.ts";
import { Laps } from "./laps.ts";
import { builderPackages } from "./packages.ts";
import { builtPrograms } from "./programs.ts";

const CACHE = `${process.cwd()}/node_modules/.cache/image`;

const missing = await installPackages(builderPackages);
if (missing !== null) throw new Error(missing);
const { stdout } = Bun.spawnSync(["git", "log", "-1", "--format=%ct"]);
const environment = { sourceDate: Number(stdout.toString().trim()), network: {} };
const key = SigningKey.open(process.env["CAUSEWAY_SIGNING_KEY"] ?? null, `${CACHE}/development.key`);
const laps = new Laps(console.log);
const image = await buildImage(
  {
    version: versionText(),
    programs: builtPrograms(),
    updateKey: key.publicPem,
    cache: { directory: CACHE, mayReuse: true },
    environment,
  },
  "first",
  laps,
);
console.log(image.disk, laps.totalSeconds);

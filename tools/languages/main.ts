/**
 * `bun tools/languages/main.ts` brings the catalogs of ui/languages up to date with the texts of the source and says what
 * is not translated; with `--check` it writes nothing and fails when a catalog is not as it would be written.
 */
import { catalogFile, catalogLanguages, readCatalog, writeCatalog } from "./catalog.ts";
import { allTexts } from "./texts.ts";

const isCheck = process.argv.includes("--check");
const texts = await allTexts();
const stale: string[] = [];
for (const language of catalogLanguages()) {
  const file = Bun.file(catalogFile(language));
  const content = await file.text();
  const known = readCatalog(content);
  const written = writeCatalog(language, texts, known);
  const missing = [...texts.keys()].filter((key) => known.get(key)?.every((form) => form !== "") !== true);
  console.log(`${language}: ${texts.size} texts, ${missing.length} not translated`);
  if (written === content) continue;
  stale.push(language);
  if (!isCheck) await Bun.write(file, written);
}
if (isCheck && stale.length > 0) {
  console.error(`The catalogs of ${stale.join(", ")} do not have the texts of the source. Run: make languages`);
  process.exit(1);
}

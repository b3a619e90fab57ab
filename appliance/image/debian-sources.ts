/** Where this machine gets Debian from, so that the image is made of the same mirror. Nothing of it gets into the image. */

/** One line of a sources.list: the archive, the suite and the options before them. */
export interface DebianSource {
  readonly uri: string;
  readonly suite: string;
}

/**
 * The sources of one release in apt's files, `.list` and deb822 `.sources` alike, carried over to another release.
 * Only main, only binary packages; foreign archives (whose suites do not begin with the release) stay out.
 */
export function sourcesOf(texts: readonly string[], release: string, wanted: string): DebianSource[] {
  const found = texts.flatMap((text) => (/^URIs:/imu.test(text) ? stanzas(text) : lines(text)));
  const ours = found.filter(({ suite }) => suite === release || suite.startsWith(`${release}-`));
  const carried = ours.map(({ uri, suite }) => ({ uri, suite: suite.replace(release, wanted) }));
  return [...new Map(carried.map((source) => [`${source.uri} ${source.suite}`, source])).values()];
}

/** What mmdebstrap reads from its standard input. */
export function sourcesList(sources: readonly DebianSource[]): string {
  return sources.map(({ uri, suite }) => `deb ${uri} ${suite} main\n`).join("");
}

function stanzas(text: string): DebianSource[] {
  return text.split(/\n\s*\n/u).flatMap((stanza) => {
    const field = (name: string): string[] =>
      new RegExp(`^${name}:[ \\t]*(.*)$`, "imu").exec(stanza)?.[1]?.trim().split(/\s+/u) ?? [];
    if (!field("Types").includes("deb") || field("Enabled").includes("no")) return [];
    if (!field("Components").includes("main")) return [];
    return field("URIs").flatMap((uri) => field("Suites").map((suite) => ({ uri, suite })));
  });
}

function lines(text: string): DebianSource[] {
  return text.split("\n").flatMap((line) => {
    const match = /^deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s+(.*)$/u.exec(line.trim());
    const [, uri, suite, components] = match ?? [];
    if (uri === undefined || suite === undefined || !components!.split(/\s+/u).includes("main")) return [];
    return [{ uri, suite }];
  });
}

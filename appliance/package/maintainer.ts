/** Who answers for the package: the maker in package.json, or whoever builds it for others under a name of their own. */

/** Debian's form (policy 5.6.2), in one line: a name, and an address in angle brackets. */
const MAINTAINER = /^([^<>\r\n\t]*[^<>\s]) <[^<>\s@]+@[^<>\s@]+>$/u;

/** Who made it, and who answers for this build of it. */
export interface Makers {
  /** A name, for the copyright. */
  readonly author: string;
  /** Name and address, as dpkg shows them. */
  readonly maintainer: string;
}

/**
 * @param author package.json's
 * @param wished "Name <address>"; null: the author
 * @throws {Error} where one of them has another form
 */
export function makersOf(author: string, wished: string | null): Makers {
  nameIn(wished ?? author);
  return { author: nameIn(author), maintainer: wished ?? author };
}

function nameIn(text: string): string {
  const [, name] = MAINTAINER.exec(text) ?? [];
  if (name !== undefined) return name;
  throw new Error(
    `A maintainer is written as "Name <name@example.com>", not as ${JSON.stringify(text.slice(0, 100))}.`,
  );
}

/** Text for XML or HTML, inside an element or a quoted attribute. */
export const escapeXml = (text: string): string =>
  text.replace(/[&<>"'\r\n\t]/gu, (character) => `&#${character.charCodeAt(0)};`);

/** A catalog as tools/languages/vite-plugin.ts makes it of a PO file. */
declare module "*.po" {
  export const catalog: Readonly<Record<string, string>>;
}

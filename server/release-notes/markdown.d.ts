/** A document that is compiled into the program as its text. */
declare module "*.md" {
  const text: string;
  export default text;
}

/**
 * Gives an address to the browser's downloads, as a click on a link would.
 * @param name what the file is called where the answer does not say, such as one that never came
 */
export function saveByBrowser(address: string, name: string): void {
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
}

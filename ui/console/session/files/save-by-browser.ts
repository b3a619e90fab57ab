/** Gives an address to the browser's downloads, as a click on a link would. */
export function saveByBrowser(address: string): void {
  const link = document.createElement("a");
  link.href = address;
  link.download = "";
  document.body.append(link);
  link.click();
  link.remove();
}

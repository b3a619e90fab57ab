/** Headers of what came from an endpoint: the browser keeps it as a file. http.ts adds what keeps it from running. */

/** Content-Disposition for any name (RFC 6266 with RFC 8187): no quote, slash or control character survives. */
export function contentDisposition(name: string): string {
  const readable = name.toWellFormed().replace(/[\u0000-\u001f\u007f-\u009f"\\/]/g, "_");
  const plain = readable.replace(/[^\x20-\x7e]/g, "_").replaceAll("%", "_");
  const encoded = encodeURIComponent(readable).replace(/['()*!]/g, percent);
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

/** What every response with an endpoint's bytes carries. */
export function contentHeaders(name: string): Headers {
  return new Headers({ "content-type": "application/octet-stream", "content-disposition": contentDisposition(name) });
}

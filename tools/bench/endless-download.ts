/**
 * Downloads one URL again and again in a process of its own, as a browser's network does: `{ url, headers }` comes as JSON
 * on standard input; it says `flowing` when the first bytes came, and goes on until it is ended or the server has gone.
 */
interface Order {
  readonly url: string;
  readonly headers: Record<string, string>;
}

const { url, headers } = (await Bun.stdin.json()) as Order;
let hasBegun = false;

for (;;) {
  const response = await fetch(url, { headers, tls: { rejectUnauthorized: false } });
  if (!response.ok || response.body === null) throw new Error(`${url}: ${response.status}`);
  for await (const _chunk of response.body) {
    if (!hasBegun) console.log("flowing");
    hasBegun = true;
  }
}

/**
 * Downloads one URL again and again in a process of its own, as a browser's network does: `{ url, headers }` comes as JSON
 * on standard input; a line says every SAY_MS how many bytes have come, the first one with the first bytes, and it goes on
 * until it is ended or the server has gone.
 */
interface Order {
  readonly url: string;
  readonly headers: Record<string, string>;
}

const { url, headers } = (await Bun.stdin.json()) as Order;
const SAY_MS = 50;
let received = 0;
let saidMs = Number.NEGATIVE_INFINITY;

for (;;) {
  const response = await fetch(url, { headers, tls: { rejectUnauthorized: false } });
  if (!response.ok || response.body === null) throw new Error(`${url}: ${response.status}`);
  for await (const chunk of response.body) {
    received += chunk.length;
    if (performance.now() - saidMs < SAY_MS) continue;
    saidMs = performance.now();
    console.log(received);
  }
}

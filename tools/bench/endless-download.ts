/**
 * Downloads one URL again and again in a process of its own, as a browser's network does: `{ url, headers }` comes as one
 * line on standard input; it says `flowing` when the first bytes came and ends when standard input ends.
 */
interface Order {
  readonly url: string;
  readonly headers: Record<string, string>;
}

let hasBegun = false;

async function downloadForEver({ url, headers }: Order): Promise<never> {
  for (;;) {
    const response = await fetch(url, { headers, tls: { rejectUnauthorized: false } });
    if (!response.ok || response.body === null) throw new Error(`${url}: ${response.status}`);
    for await (const _chunk of response.body) {
      if (!hasBegun) console.log("flowing");
      hasBegun = true;
    }
  }
}

for await (const line of console) if (line !== "") void downloadForEver(JSON.parse(line) as Order);
process.exit(0);

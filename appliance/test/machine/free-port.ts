/** A port of this computer nobody listens on now. QEMU takes no port 0, so another program could be faster; it then says so. */
export async function freePort(): Promise<number> {
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } });
  const { port } = listener;
  listener.stop(true);
  return port;
}

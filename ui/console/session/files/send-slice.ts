/** Sends one slice by XMLHttpRequest: fetch cannot tell how much of a body has gone. */
import { AppError } from "../../../../protocol/errors.ts";
import { refusalIn } from "./refusal-in.ts";

/**
 * PUTs the bytes; resolves when the server has them verified.
 * @throws {AppError} the server's refusal; channel.lost without an answer; AbortError when `signal` says so.
 */
export function sendSlice(
  address: string,
  bytes: ArrayBuffer,
  digest: string,
  signal: AbortSignal,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const request = new XMLHttpRequest();
  const abort = (): void => request.abort();
  request.open("PUT", address);
  request.setRequestHeader("content-type", "application/octet-stream");
  request.setRequestHeader("content-digest", digest);
  request.upload.onprogress = ({ loaded }) => onBytes(loaded);
  request.onload = () => {
    if (request.status >= 200 && request.status < 300) resolve();
    else reject(refusalIn(request.responseText, request.status));
  };
  request.onerror = () => reject(new AppError("channel.lost", "The connection to the appliance was lost."));
  request.onabort = () => reject(new DOMException("stopped", "AbortError"));
  request.onloadend = () => signal.removeEventListener("abort", abort);
  signal.addEventListener("abort", abort);
  if (signal.aborted) reject(new DOMException("stopped", "AbortError"));
  else request.send(bytes);
  return promise;
}

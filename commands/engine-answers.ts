import { request } from "node:http";

/**
 * Asks an engine for a sign of life: GET /_ping of its API.
 * @param timeout how long it is waited for, in milliseconds
 */
export function engineAnswers(socketPath: string, timeout = 5_000): Promise<boolean> {
  return new Promise((resolve) => {
    const ping = request({ socketPath, path: "/_ping", timeout }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    ping.once("timeout", () => ping.destroy());
    ping.once("error", () => {
      resolve(false);
    });
    ping.end();
  });
}

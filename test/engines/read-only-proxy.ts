import { createServer, request, type Server } from "node:http";
import { rmSync } from "node:fs";

/** A request that reached the proxy. */
export interface SeenRequest {
  readonly method: string;
  /** Its path without the version of the API: `/containers/json`. */
  readonly path: string;
  readonly allowed: boolean;
}

/** Stands before an engine's socket, lets nothing but GET and HEAD through, and notes what was asked. */
export class ReadOnlyProxy {
  readonly seen: SeenRequest[] = [];
  readonly #server: Server;

  private constructor(
    readonly socket: string,
    engine: string,
  ) {
    this.#server = createServer((incoming, outgoing) => {
      const { method = "", url = "", headers } = incoming;
      const allowed = method === "GET" || method === "HEAD";
      this.seen.push({ method, path: url.replace(/^\/v[\d.]+/, "").replace(/\?.*$/, ""), allowed });
      if (!allowed) {
        incoming.resume();
        outgoing.writeHead(403, { "content-type": "application/json" });
        outgoing.end(JSON.stringify({ message: `${method} is not allowed here` }));
        return;
      }
      const onward = request({ socketPath: engine, method, path: url, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      onward.once("error", () => {
        outgoing.destroy();
      });
      outgoing.once("close", () => onward.destroy());
      onward.end();
    });
  }

  /** Listens at a socket of its own. */
  static async start(socket: string, engine = "/var/run/docker.sock"): Promise<ReadOnlyProxy> {
    const proxy = new ReadOnlyProxy(socket, engine);
    await new Promise<void>((resolve, reject) => {
      proxy.#server.once("error", reject);
      proxy.#server.listen(socket, resolve);
    });
    return proxy;
  }

  /** The methods of the requests, each once. */
  get methods(): string[] {
    return [...new Set(this.seen.map(({ method }) => method))].sort();
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    rmSync(this.socket, { force: true });
  }
}

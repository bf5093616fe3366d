import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A comment on the pull request. */
export interface StoredComment {
  id: number;
  body: string;
  author: string;
}

/** What a request is answered with instead. */
export interface Answer {
  readonly status: number;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether GitHub does what was asked all the same. */
  readonly anyway?: boolean;
}

/** A server on loopback that answers as GitHub's REST API does, as far as comments go. */
export class FakeGithub {
  comments: StoredComment[] = [];
  /** `METHOD path` of each request, in order. */
  readonly requests: string[] = [];
  /** Each is asked for every request, until it gives an answer. */
  readonly refusals: ((request: string) => Answer | undefined)[] = [];
  /** What the token's owner is called; undefined for a token that cannot say. */
  viewer: string | undefined = "reviewer";
  /** What comes back for the pull requests of a commit. */
  pulls: unknown[] = [];
  /** The most characters of a comment. */
  limit = 65_536;
  #nextId = 1;
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      void this.#answer(request).then(({ status, body, headers = {} }) => {
        response.writeHead(status, { "content-type": "application/json", ...headers });
        response.end(body === undefined ? "" : JSON.stringify(body));
      });
    });
  }

  static async start(): Promise<FakeGithub> {
    const github = new FakeGithub();
    await new Promise<void>((resolve) => github.#server.listen(0, "127.0.0.1", resolve));
    return github;
  }

  get api(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Adds a comment, as somebody on the web would. */
  say(author: string, body: string): StoredComment {
    const comment = { id: this.#nextId++, author, body };
    this.comments.push(comment);
    return comment;
  }

  /** Refuses the next `times` requests that begin like this. */
  refuse(start: string, answer: Answer, times = 1): void {
    let left = times;
    this.refusals.push((request) => (request.startsWith(start) && left-- > 0 ? answer : undefined));
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage): Promise<{
    status: number;
    body?: unknown;
    headers?: Readonly<Record<string, string>>;
  }> {
    const url = new URL(request.url ?? "/", this.api);
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString("utf8");
    const said = (text === "" ? {} : JSON.parse(text)) as { body?: string };
    const what = `${request.method ?? ""} ${url.pathname}`;
    this.requests.push(what);
    if (request.headers.authorization !== "token secret-token") {
      return { status: 401, body: { message: "Bad credentials" } };
    }
    for (const refusal of this.refusals) {
      const answer = refusal(what);
      if (answer === undefined) continue;
      if (answer.anyway === true) this.#do(what, url, said.body ?? "");
      const { status, message, headers } = answer;
      return { status, body: { message }, ...(headers === undefined ? {} : { headers }) };
    }
    return this.#do(what, url, said.body ?? "");
  }

  #do(
    what: string,
    url: URL,
    body: string,
  ): { status: number; body?: unknown; headers?: Readonly<Record<string, string>> } {
    const shown = ({ id, author, body: own }: StoredComment) => ({
      id,
      // GitHub gives back other line ends than it got.
      body: own.replaceAll("\n", "\r\n"),
      user: { login: author },
      html_url: `https://github.example/example/fleet/pull/7#issuecomment-${id}`,
    });
    if (what === "POST /graphql") {
      return this.viewer === undefined
        ? { status: 200, body: { errors: [{ message: "not accessible" }] } }
        : { status: 200, body: { data: { viewer: { login: this.viewer } } } };
    }
    if (what === "GET /user")
      return { status: 403, body: { message: "Resource not accessible by integration" } };
    if (/^GET \/repos\/example\/fleet\/commits\/\w+\/pulls$/.test(what))
      return { status: 200, body: this.pulls };
    const all = "/repos/example/fleet/issues/7/comments";
    if ((what.startsWith("POST") || what.startsWith("PATCH")) && body.length > this.limit) {
      return {
        status: 422,
        body: {
          message: "Validation Failed",
          errors: [
            { resource: "IssueComment", message: `Body is too long (maximum is ${this.limit} characters)` },
          ],
        },
      };
    }
    if (what === `GET ${all}`) {
      const [page, size] = [
        Number(url.searchParams.get("page") ?? 1),
        Number(url.searchParams.get("per_page") ?? 30),
      ];
      const part = this.comments.slice((page - 1) * size, page * size);
      const more = page * size < this.comments.length;
      const link = `<${this.api}${all}?per_page=${size}&page=${page + 1}>; rel="next"`;
      return { status: 200, body: part.map(shown), headers: more ? { link } : {} };
    }
    if (what === `POST ${all}`) return { status: 201, body: shown(this.say(this.viewerLogin, body)) };
    const id = Number(/^\w+ \/repos\/example\/fleet\/issues\/comments\/(\d+)$/.exec(what)?.[1]);
    const comment = this.comments.find((one) => one.id === id);
    if (comment === undefined) return { status: 404, body: { message: "Not Found" } };
    if (what.startsWith("PATCH")) comment.body = body;
    if (what.startsWith("DELETE")) {
      this.comments = this.comments.filter((one) => one !== comment);
      return { status: 204 };
    }
    return { status: 200, body: shown(comment) };
  }

  get viewerLogin(): string {
    return this.viewer ?? "github-actions[bot]";
  }
}

import type { StackProgress } from "../terraform/plan-stack";
import { type Io, plainText } from "./io";

const PHASES = { init: "init", plan: "plan", show: "show" } as const;

/** Tells on stderr how far stacks are: a line for each that is done, and on a terminal one below them that moves. */
export class Progress {
  readonly #running = new Map<string, string>();
  readonly #started = new Map<string, number>();
  #done = 0;

  /**
   * @param total how many stacks there are
   * @param verb what is done to them, `planned`
   */
  constructor(
    private readonly io: Pick<Io, "stderr" | "terminal">,
    private readonly total: number,
    private readonly verb: string,
  ) {}

  /** Tells how far a stack is. */
  update(stack: string, { phase, text = "" }: StackProgress): void {
    const name = plainText(stack);
    if (phase === "done" || phase === "failed") {
      this.#running.delete(name);
      this.#done += 1;
      const seconds = ((Date.now() - (this.#started.get(name) ?? Date.now())) / 1000).toFixed(1);
      const said = text === "" ? (phase === "done" ? "done" : "failed") : text;
      this.#line(
        `${name}: ${phase === "failed" ? "FAILED: " : ""}${indented(said)} (${seconds} s, ${this.#done} of ${this.total})`,
      );
      return;
    }
    if (!this.#started.has(name)) this.#started.set(name, Date.now());
    this.#running.set(name, PHASES[phase]);
    if (this.io.terminal.stderr) this.#status();
    else if (phase === "init") this.#line(`${name}: is being ${this.verb}`);
  }

  /** Clears the line that moves. */
  end(): void {
    if (this.io.terminal.stderr) this.io.stderr.write("\r\u001b[K");
  }

  #line(text: string): void {
    this.end();
    this.io.stderr.write(`${text}\n`);
    if (this.io.terminal.stderr) this.#status();
  }

  #status(): void {
    if (this.#running.size === 0) return;
    const names = [...this.#running].map(([name, phase]) => `${name} (${phase})`).join(", ");
    const text = `${this.#done} of ${this.total} ${this.verb}; now ${names}`;
    this.io.stderr.write(`\r\u001b[K${text.slice(0, Math.max(this.io.terminal.width - 1, 20))}`);
  }
}

/** A text of several lines as one item. */
function indented(text: string): string {
  return plainText(text, true).trim().replace(/\n/g, "\n    ");
}

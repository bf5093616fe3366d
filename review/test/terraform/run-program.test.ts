import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runProgram } from "../../src/terraform/run-program";

const folder = mkdtempSync(join(tmpdir(), "run-program-"));
const never = new AbortController().signal;
const node = (script: string, more: object = {}) =>
  runProgram(process.execPath, ["-e", script], { cwd: folder, env: {}, signal: never, ...more });

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** A signal that comes once the program has written its first line. */
function onceItRuns(): { signal: AbortSignal; onLine: () => void } {
  const ended = new AbortController();
  return {
    signal: ended.signal,
    onLine: () => {
      ended.abort();
    },
  };
}

describe("a program", () => {
  it("gives its exit code and what it wrote, each apart", async () => {
    expect(await node("console.log('a'); console.error('b'); process.exitCode = 7")).toEqual({
      code: 7,
      stdout: "a\n",
      stderr: "b\n",
      interrupted: false,
    });
  });

  it("gives lines whole, the last one without an end too", async () => {
    const lines: string[] = [];
    await node("process.stdout.write('one\\ntw'); setTimeout(() => process.stdout.write('o\\nthree'), 20)", {
      onLine: (line: string) => lines.push(line),
    });
    expect(lines).toEqual(["one", "two", "three"]);
  });

  it("is kept from its end where it writes very much", async () => {
    const { stdout } = await node("for (let i = 0; i < 200000; i++) console.log('line ' + i)");
    expect(stdout.length).toBeLessThanOrEqual(256 * 1024);
    expect(stdout).toMatch(/line 199999\n$/);
  });

  it("writes to a file that nobody else may read", async () => {
    const stdoutFile = join(folder, "out.json");
    expect((await node("console.log('{}')", { stdoutFile })).stdout).toBe("");
    expect(readFileSync(stdoutFile, "utf8")).toBe("{}\n");
    expect(statSync(stdoutFile).mode & 0o777).toBe(0o600);
  });

  it("that is not there says so", async () => {
    const ran = await runProgram("no-such-program", [], { cwd: folder, env: {}, signal: never });
    expect(ran).toMatchObject({ code: undefined, notStarted: "ENOENT" });
  });

  it("is not started after the end", async () => {
    const ran = await node("require('fs').writeFileSync('started', '')", { signal: AbortSignal.abort() });
    expect(ran).toMatchObject({ code: undefined, interrupted: true });
    expect(() => statSync(join(folder, "started"))).toThrow("ENOENT");
  });

  it("is told to end as Ctrl-C does, and may clean up", async () => {
    const script =
      "process.on('SIGINT', () => { console.log('bye'); process.exit(4); }); setInterval(() => {}, 9); console.log('hi')";
    expect(await node(script, onceItRuns())).toMatchObject({
      code: 4,
      stdout: "hi\nbye\n",
      interrupted: true,
    });
  });

  it("that does not end when it is told to is ended", async () => {
    const script = "process.on('SIGINT', () => {}); setInterval(() => {}, 9); console.log('hi')";
    expect(await node(script, { ...onceItRuns(), grace: 50 })).toMatchObject({
      code: undefined,
      interrupted: true,
    });
  });

  it("is ended with what it started where a shell reads the command", async () => {
    const ran = await runProgram(
      `echo hi; ${process.execPath} -e 'setInterval(() => {}, 9)'; echo not ended`,
      [],
      {
        cwd: folder,
        env: process.env,
        shell: true,
        ...onceItRuns(),
      },
    );
    expect(ran.interrupted).toBe(true);
    expect(ran.stdout).toBe("hi\n");
  });
});

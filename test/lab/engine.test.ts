import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { adviceFor, engineAnswers, startTimeIn } from "../../lab/engine";

test("a process's start time is found behind a name with blanks and parentheses", () => {
  const stat = `4711 (a (strange) name) S 1 4711 4711 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 9 0 123456 789 10`;
  expect(startTimeIn(stat)).toBe("123456");
  expect(startTimeIn(stat.replace(" S ", " Z "))).toBeUndefined();
  expect(startTimeIn("")).toBeUndefined();
});

test.each([
  [
    "failed to start daemon: Error: iptables failed: iptables v1.8.9: can't initialize iptables table `nat'",
    /iptables-legacy/,
  ],
  ["failed to start daemon: Devices cgroup isn't mounted", /cgroupfs-mount/],
  ["pid file found, ensure docker is not running or delete /var/run/docker.pid", /docker\.pid/],
  ["error creating bridge: operation not permitted", /--privileged/],
])("the log %j is explained", (log, advice) => {
  expect(adviceFor(log)).toMatch(advice);
});

test("a log that nothing is known of has no advice", () => {
  expect(adviceFor("API listen on /var/run/docker.sock")).toBeUndefined();
});

describe("engineAnswers", () => {
  let folder = "";
  let server: Server | undefined;
  const serve = async (status: number): Promise<string> => {
    folder = mkdtempSync(join(tmpdir(), "lab-engine-"));
    const socket = join(folder, "engine.sock");
    server = createServer((asked, response) => {
      response.statusCode = asked.url === "/_ping" ? status : 404;
      response.end();
    });
    await new Promise<void>((resolve) => server?.listen(socket, resolve));
    return socket;
  };
  afterEach(async () => {
    await new Promise<void>((resolve) => {
      if (server === undefined) resolve();
      else
        server.close(() => {
          resolve();
        });
    });
    server = undefined;
    rmSync(folder, { recursive: true, force: true });
  });

  test("is true for an engine that is well", async () => {
    expect(await engineAnswers(await serve(200))).toBe(true);
  });

  test("is false for one that is not", async () => {
    expect(await engineAnswers(await serve(500))).toBe(false);
  });

  test("is false where there is no socket", async () => {
    expect(await engineAnswers(join(tmpdir(), "no-such-engine.sock"))).toBe(false);
  });
});

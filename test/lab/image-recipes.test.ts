import { spawnSync } from "node:child_process";
import {
  baseEntries,
  bindImage,
  bitbucketServerImage,
  consulImage,
  type Entry,
  type ImageRecipe,
  importArguments,
  librariesIn,
  recipeHash,
  registratorImage,
  toolsImage,
  webImage,
} from "../../lab/image-recipes";

const base = baseEntries({ path: "/somewhere/busybox", digest: "b1", applets: ["busybox", "sh", "httpd"] });
const consul = consulImage({
  version: "1.19.2",
  base,
  program: { path: "/x/consul", digest: "c1" },
  libraries: [],
});
const at = (recipe: ImageRecipe, path: string): Entry | undefined =>
  recipe.entries.find((entry) => entry.at === path);
const textAt = (recipe: ImageRecipe, path: string): string => {
  const entry = at(recipe, path);
  return entry !== undefined && "text" in entry ? entry.text : "";
};

test("busybox is linked to each of its names, but never to itself", () => {
  expect(base.filter((entry) => "linkTo" in entry)).toEqual([
    { at: "/bin/sh", linkTo: "/bin/busybox" },
    { at: "/bin/httpd", linkTo: "/bin/busybox" },
  ]);
});

test("Consul's image starts, exposes and keeps what its page says", () => {
  expect(consul.references).toEqual(["lab/consul:1.19.2"]);
  expect(consul.changes).toEqual([
    "ENV PATH=/bin:/sbin:/usr/bin:/usr/sbin",
    'ENTRYPOINT ["docker-entrypoint.sh"]',
    'CMD ["agent", "-dev", "-client", "0.0.0.0"]',
    "VOLUME /consul/data",
    "EXPOSE 8300 8301 8301/udp 8302 8302/udp 8500 8600 8600/udp",
  ]);
  expect(at(consul, "/consul/data")).toEqual({
    at: "/consul/data",
    folderOf: { user: 100, group: 1000 },
    mode: 0o755,
  });
  expect(textAt(consul, "/etc/passwd")).toContain("consul:x:100:1000:consul:/consul:/bin/sh\n");
});

test("BIND's image has its full version and its branch as tags, and folders that named may write", () => {
  const bind = bindImage("9.18.49", base, [{ at: "/usr/sbin/named", copyOf: "/r/named", digest: "n" }], {
    user: 101,
    group: 102,
  });
  expect(bind.references).toEqual(["lab/bind9:9.18.49", "lab/bind9:9.18"]);
  expect(textAt(bind, "/etc/group")).toContain("bind:x:102:\n");
  expect(at(bind, "/run/named")).toEqual({
    at: "/run/named",
    folderOf: { user: 101, group: 102 },
    mode: 0o775,
  });
});

test("registrator's image has no shell", () => {
  const registrator = registratorImage("7.4.0", { path: "/x/registrator", digest: "r" }, []);
  expect(registrator.references).toEqual(["lab/registrator:7.4.0"]);
  expect(registrator.entries.map((entry) => entry.at)).toEqual(["/bin/registrator", "/tmp"]);
});

test("the image of the classic names has both of its ports, and its classic name", () => {
  const bitbucket = bitbucketServerImage(base);
  expect(bitbucket.references).toEqual(["lab/bitbucket-server:1.0", "bitbucket-server:1.0"]);
  expect(bitbucket.changes).toContain("EXPOSE 7990 7999");
  expect(textAt(bitbucket, "/bin/serve")).toBe(
    "#!/bin/sh\ntrap 'exit 0' TERM INT\nhttpd -f -p 7990 -h /www &\nhttpd -f -p 7999 -h /www &\nwait\n",
  );
});

test("the web server has a page for its health", () => {
  expect(textAt(webImage(base), "/www/healthz")).toBe("ok\n");
});

test.each([
  ["Consul's entrypoint", textAt(consul, "/bin/docker-entrypoint.sh")],
  ["the web server", textAt(webImage(base), "/bin/serve")],
  ["what stays", textAt(toolsImage(base, []), "/bin/stay")],
])("%s is a script that a shell can parse", (_, script) => {
  expect(script.startsWith("#!/bin/sh\n")).toBe(true);
  const { status, stderr } = spawnSync("sh", ["-n"], { input: script, encoding: "utf8" });
  expect([status, stderr]).toEqual([0, ""]);
});

describe("importArguments", () => {
  test("carries every change and the recipe's hash, and names the first reference", () => {
    expect(
      importArguments(registratorImage("7.4.0", { path: "/x", digest: "r" }, []), "/tmp/root.tar"),
    ).toEqual([
      "import",
      "--change",
      'ENTRYPOINT ["/bin/registrator"]',
      "--change",
      expect.stringMatching(/^LABEL lab\.recipe=[0-9a-f]{16}$/),
      "/tmp/root.tar",
      "lab/registrator:7.4.0",
    ]);
  });
});

describe("recipeHash", () => {
  const registrator = (path: string, digest: string) =>
    recipeHash(registratorImage("7.4.0", { path, digest }, []));

  test("follows a file's contents, not where it lies", () => {
    expect(registrator("/a", "1")).toBe(registrator("/b", "1"));
    expect(registrator("/a", "1")).not.toBe(registrator("/a", "2"));
  });

  test("follows the changes", () => {
    const web = webImage(base);
    expect(recipeHash({ ...web, changes: [...web.changes, "USER 1"] })).not.toBe(recipeHash(web));
  });
});

describe("librariesIn", () => {
  test("has the libraries and the linker, each once", () => {
    const ldd = [
      "\tlinux-vdso.so.1 (0x00007f91b38a0000)",
      "\tlibpthread.so.0 => /lib/x86_64-linux-gnu/libpthread.so.0 (0x00007f91b388a000)",
      "\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f91b36a8000)",
      "\t/lib64/ld-linux-x86-64.so.2 (0x00007f91b38a2000)",
      "\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f91b36a8000)",
    ].join("\n");
    expect(librariesIn(ldd)).toEqual([
      "/lib/x86_64-linux-gnu/libc.so.6",
      "/lib/x86_64-linux-gnu/libpthread.so.0",
      "/lib64/ld-linux-x86-64.so.2",
    ]);
  });

  test("is empty for a static program", () => {
    expect(librariesIn("\tnot a dynamic executable\n")).toEqual([]);
  });
});

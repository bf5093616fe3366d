import {
  BIND_RECIPES,
  CONSUL_RECIPES,
  consulVersionIn,
  debootstrapArguments,
  engineArguments,
  goCommands,
  installedVersion,
  mountsUnder,
  recipeText,
} from "../../lab/recipes";

const consul = (version: string) => CONSUL_RECIPES.find((recipe) => recipe.version === version)!;

describe("root file systems", () => {
  test("are minimal systems with the packages of the recipe", () => {
    expect(
      debootstrapArguments({ release: "bookworm", packages: ["bind9", "busybox-static"] }, "/at"),
    ).toEqual(["--variant=minbase", "--include=bind9,busybox-static", "bookworm", "/at"]);
  });

  test("of another list of packages have another text, so that they are made anew", () => {
    const texts = BIND_RECIPES.map(recipeText);
    expect(new Set(texts).size).toBe(3);
    expect(recipeText({ release: "bookworm", packages: ["bind9", "consul"] })).not.toBe(
      recipeText({ release: "bookworm", packages: ["bind9"] }),
    );
  });

  test("Consul of Debian comes from a release whose root has the package", () => {
    const from = consul("1.8.7").from;
    const root = BIND_RECIPES.find(({ release }) => from.kind === "debian" && release === from.release);
    expect(root?.packages).toContain("consul");
    expect(goCommands(consul("1.8.7"), "/bin/consul")).toEqual([]);
  });
});

test("engines come out of the archives of hosts, without what they do not read", () => {
  const args = engineArguments("/cache/bullseye.tar.gz", "/at");
  expect(args.slice(0, 2)).toEqual(["-C", "/at"]);
  expect(args.slice(-2)).toEqual(["-xzf", "/cache/bullseye.tar.gz"]);
  expect(args).toContain("--exclude=./usr/share/doc");
});

describe("Consul of its Go module", () => {
  test("is built in a module of its own", () => {
    expect(goCommands(consul("1.19.2"), "/out/consul")).toEqual([
      ["mod", "init", "lab"],
      ["get", "github.com/hashicorp/consul@v1.19.2"],
      ["build", "-trimpath", "-ldflags=-s -w", "-o", "/out/consul", "github.com/hashicorp/consul"],
    ]);
  });

  test("names the submodules that 1.10.12 compiles with", () => {
    expect(goCommands(consul("1.10.12"), "/out/consul").slice(1)).toEqual([
      ["get", "github.com/hashicorp/consul@v1.10.12"],
      ["get", "github.com/hashicorp/consul/api@v1.13.0", "github.com/hashicorp/consul/sdk@v0.9.0"],
      [
        "build",
        "-trimpath",
        "-ldflags=-s -w -checklinkname=0",
        "-o",
        "/out/consul",
        "github.com/hashicorp/consul",
      ],
    ]);
  });

  test("says its version in its first line", () => {
    expect(consulVersionIn("Consul v1.19.2\nBuild Date 1970-01-01T00:00:01Z\n")).toBe("1.19.2");
    expect(consulVersionIn("consul: not found")).toBeUndefined();
  });
});

describe("installedVersion", () => {
  const status = [
    "Package: bind9-libs\nStatus: install ok installed\nVersion: 1:9.99.0-1",
    "Package: bind9\nStatus: install ok installed\nPriority: optional\nDescription: server\n Version: 0\nVersion: 1:9.18.49-1~deb12u1",
    "Package: consul\nStatus: deinstall ok config-files\nVersion: 1.8.7+dfsg1-2",
    "",
  ].join("\n\n");

  test("is the upstream version, without epoch and revision", () => {
    expect(installedVersion(status, "bind9")).toBe("9.18.49");
  });

  test("is undefined for a package that is removed or unknown", () => {
    expect(installedVersion(status, "consul")).toBeUndefined();
    expect(installedVersion(status, "unbound")).toBeUndefined();
  });
});

test("mountsUnder gives the inner mount first, and no neighbour with the same beginning", () => {
  const mounts = [
    "/dev/sda / ext4 rw 0 0",
    "proc /a/root.part/proc proc rw 0 0",
    "tmpfs /a/root.part/proc/inner\\040one tmpfs rw 0 0",
    "proc /a/root.part2/proc proc rw 0 0",
    "",
  ].join("\n");
  expect(mountsUnder(mounts, "/a/root.part")).toEqual(["/a/root.part/proc/inner one", "/a/root.part/proc"]);
});

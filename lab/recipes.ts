/** A Debian release whose root file system gives one branch of BIND. */
export interface BindRecipe {
  /** Debian's name of the release. */
  readonly release: string;
  /** The packages besides the minimal system. */
  readonly packages: readonly string[];
}

/** A version of Consul and where it comes from. */
export interface ConsulRecipe {
  /** The version, without a leading `v`. */
  readonly version: string;
  /** `debian`: copied out of the root file system of that release. `go`: built as an ordinary Go module. */
  readonly from:
    | { readonly kind: "debian"; readonly release: string }
    | { readonly kind: "go"; readonly also: readonly string[]; readonly linkerFlags: string };
}

const PACKAGES = ["bind9", "bind9-utils", "bind9-dnsutils", "busybox-static", "ca-certificates"];

/** BIND 9.16, 9.18 and 9.20. */
export const BIND_RECIPES: readonly BindRecipe[] = [
  { release: "bullseye", packages: [...PACKAGES, "consul"] },
  { release: "bookworm", packages: PACKAGES },
  { release: "trixie", packages: PACKAGES },
];

/**
 * The versions of Consul.
 *
 * A module that is built as a dependency does not have its own `replace` lines, so 1.10.12, which had them for its
 * two submodules, names published versions of these that it compiles with. Its golang.org/x/net reaches into the
 * runtime by a linkname that Go's linker refuses since 1.23 unless told otherwise.
 */
export const CONSUL_RECIPES: readonly ConsulRecipe[] = [
  { version: "1.8.7", from: { kind: "debian", release: "bullseye" } },
  { version: "1.19.2", from: { kind: "go", also: [], linkerFlags: "-s -w" } },
  { version: "1.20.1", from: { kind: "go", also: [], linkerFlags: "-s -w" } },
  {
    version: "1.10.12",
    from: {
      kind: "go",
      also: ["github.com/hashicorp/consul/api@v1.13.0", "github.com/hashicorp/consul/sdk@v0.9.0"],
      linkerFlags: "-s -w -checklinkname=0",
    },
  },
];

/**
 * The releases whose engines are tried: 20.10.5, the last of Debian's with the key-value stores, and 26.1.5. They come out
 * of the archives that hosts are made from.
 */
export const ENGINE_RELEASES = ["bullseye", "trixie"] as const;

/** The arguments of tar that take an engine, and what it runs on, out of a host's archive. */
export function engineArguments(archive: string, folder: string): string[] {
  const left = ["./usr/share/doc", "./usr/share/locale", "./usr/share/man", "./var/cache", "./boot", "./dev"];
  return ["-C", folder, "--numeric-owner", ...left.map((path) => `--exclude=${path}`), "-xzf", archive];
}

/** The arguments of debootstrap. Its default mirror is the one that Debian names for everybody. */
export function debootstrapArguments(recipe: BindRecipe, folder: string): string[] {
  return ["--variant=minbase", `--include=${recipe.packages.join(",")}`, recipe.release, folder];
}

/** What the root file system is made from, in words: a root of another recipe is made anew. */
export function recipeText(recipe: BindRecipe): string {
  return `${recipe.release} minbase ${recipe.packages.join(" ")}\n`;
}

/** The `go` commands that build Consul in an empty folder; the binary is written to `binary`. */
export function goCommands(recipe: ConsulRecipe, binary: string): string[][] {
  if (recipe.from.kind !== "go") return [];
  const module = "github.com/hashicorp/consul";
  return [
    ["mod", "init", "lab"],
    ["get", `${module}@v${recipe.version}`],
    ...(recipe.from.also.length === 0 ? [] : [["get", ...recipe.from.also]]),
    ["build", "-trimpath", `-ldflags=${recipe.from.linkerFlags}`, "-o", binary, module],
  ];
}

/** The upstream version of an installed package, from the text of dpkg's status file: `9.18.41` of `1:9.18.41-1~deb12u1`. */
export function installedVersion(dpkgStatus: string, name: string): string | undefined {
  for (const entry of dpkgStatus.split(/\n\n+/)) {
    const fields = new Map(
      entry.split("\n").flatMap((line): [string, string][] => {
        const found = /^([A-Za-z-]+): (.*)$/.exec(line);
        return found?.[1] === undefined || found[2] === undefined ? [] : [[found[1], found[2]]];
      }),
    );
    if (fields.get("Package") !== name || fields.get("Status") !== "install ok installed") continue;
    return /^(?:\d+:)?(\d+(?:\.\d+)*)/.exec(fields.get("Version") ?? "")?.[1];
  }
  return undefined;
}

/** The version that `consul version` names. */
export function consulVersionIn(text: string): string | undefined {
  return /^Consul v(\d+\.\d+\.\d+)/m.exec(text)?.[1];
}

/** The mount points at and under a folder, innermost first, from the text of /proc/mounts. */
export function mountsUnder(procMounts: string, folder: string): string[] {
  return procMounts
    .split("\n")
    .map((line) => line.split(" ")[1] ?? "")
    .map((point) =>
      point.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 8))),
    )
    .filter((point) => point === folder || point.startsWith(`${folder}/`))
    .reverse();
}

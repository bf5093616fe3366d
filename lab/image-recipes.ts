import { createHash } from "node:crypto";

/** The owner of a file in an image, by number: the image's own /etc/passwd names it. */
export interface Owner {
  readonly user: number;
  readonly group: number;
}

/** One entry of an image's file system. Paths are absolute, inside the image. */
export type Entry =
  | { readonly at: string; readonly text: string; readonly mode: number }
  /** A copy of a file of this machine, with the same mode. `digest` stands for its contents in the recipe's hash. */
  | { readonly at: string; readonly copyOf: string; readonly digest: string }
  | { readonly at: string; readonly linkTo: string }
  | { readonly at: string; readonly folderOf: Owner; readonly mode: number };

/** An image: its names, its file system, and what a Dockerfile would say about it. */
export interface ImageRecipe {
  /** References, the first of which is the one that tests use: `lab/web:1.0`. */
  readonly references: readonly string[];
  /** Dockerfile instructions that `docker import --change` takes. */
  readonly changes: readonly string[];
  readonly entries: readonly Entry[];
}

/** The label that carries the hash of the recipe that an image was made from. */
export const RECIPE_LABEL = "lab.recipe";

const ROOT: Owner = { user: 0, group: 0 };
/** Numbers of the user in Consul's image, as its page documents neither and Alpine gives these. */
const CONSUL: Owner = { user: 100, group: 1000 };

/** A hash of everything that the image is made of. */
export function recipeHash(recipe: ImageRecipe): string {
  const said = recipe.entries.map((entry) =>
    "copyOf" in entry ? { at: entry.at, digest: entry.digest } : entry,
  );
  return createHash("sha256")
    .update(JSON.stringify([recipe.changes, said]))
    .digest("hex")
    .slice(0, 16);
}

/** The arguments of `docker` that make the image from an archive of its file system. */
export function importArguments(recipe: ImageRecipe, archive: string): string[] {
  const changes = [...recipe.changes, `LABEL ${RECIPE_LABEL}=${recipeHash(recipe)}`];
  const name = recipe.references[0] ?? "";
  return ["import", ...changes.flatMap((change) => ["--change", change]), archive, name];
}

/** The files that the dynamic linker loads, from the output of `ldd`; a static program has none. */
export function librariesIn(ldd: string): string[] {
  const paths = ldd.split("\n").flatMap((line) => {
    const found = /(?:=>\s*|^\s*)(\/\S+)\s+\(0x[0-9a-f]+\)/.exec(line);
    return found?.[1] === undefined ? [] : [found[1]];
  });
  return [...new Set(paths)].sort();
}

/** What every image with a shell has: busybox under each of its names, and the folders that programs expect. */
export function baseEntries(busybox: { path: string; digest: string; applets: readonly string[] }): Entry[] {
  return [
    { at: "/bin/busybox", copyOf: busybox.path, digest: busybox.digest },
    ...busybox.applets
      .filter((applet) => applet !== "busybox")
      .map((applet): Entry => ({ at: `/bin/${applet}`, linkTo: "/bin/busybox" })),
    { at: "/tmp", folderOf: ROOT, mode: 0o1777 },
    { at: "/run", folderOf: ROOT, mode: 0o755 },
    { at: "/root", folderOf: ROOT, mode: 0o700 },
  ];
}

function accounts(
  ...users: readonly { readonly name: string; readonly owner: Owner; readonly home: string }[]
): Entry[] {
  const all = [{ name: "root", owner: ROOT, home: "/root" }, ...users];
  return [
    {
      at: "/etc/passwd",
      text: all
        .map((u) => `${u.name}:x:${u.owner.user}:${u.owner.group}:${u.name}:${u.home}:/bin/sh\n`)
        .join(""),
      mode: 0o644,
    },
    { at: "/etc/group", text: all.map((u) => `${u.name}:x:${u.owner.group}:\n`).join(""), mode: 0o644 },
    { at: "/etc/nsswitch.conf", text: "hosts: files dns\n", mode: 0o644 },
  ];
}

// By the page of Consul's official image: subcommands may be given without `consul`, `agent` gets the data and
// configuration folders, CONSUL_LOCAL_CONFIG is one more configuration file, CONSUL_BIND_INTERFACE and
// CONSUL_CLIENT_INTERFACE become addresses, folders are given to the user consul, who then runs the program.
const CONSUL_ENTRYPOINT = `#!/bin/sh
set -e

address_of() {
  address=$(ip -o -4 addr list "$1" 2>/dev/null | head -n 1 | awk '{print $4}' | cut -d/ -f1)
  if [ -z "$address" ]; then
    echo "Could not find IP for interface '$1', exiting" >&2
    exit 1
  fi
  echo "$address"
}

BIND=
if [ -n "$CONSUL_BIND_INTERFACE" ]; then
  address=$(address_of "$CONSUL_BIND_INTERFACE")
  BIND="-bind=$address"
fi
CLIENT=
if [ -n "$CONSUL_CLIENT_INTERFACE" ]; then
  address=$(address_of "$CONSUL_CLIENT_INTERFACE")
  CLIENT="-client=$address"
fi
: "\${CONSUL_DATA_DIR:=/consul/data}" "\${CONSUL_CONFIG_DIR:=/consul/config}"
if [ -n "$CONSUL_LOCAL_CONFIG" ]; then
  echo "$CONSUL_LOCAL_CONFIG" > "$CONSUL_CONFIG_DIR/local.json"
fi

case "$1" in
  -*) set -- agent "$@" ;;
esac
if [ "$1" = agent ]; then
  shift
  set -- consul agent -data-dir="$CONSUL_DATA_DIR" -config-dir="$CONSUL_CONFIG_DIR" $BIND $CLIENT "$@"
elif [ "$1" = version ] || consul --help "$1" 2>&1 | grep -q "consul $1"; then
  set -- consul "$@"
fi

if [ "$1" = consul ] && [ -z "$CONSUL_DISABLE_PERM_MGMT" ] && [ "$(id -u)" = 0 ]; then
  for folder in "$CONSUL_DATA_DIR" "$CONSUL_CONFIG_DIR"; do
    if [ "$(stat -c %u "$folder")" != "$(id -u consul)" ]; then
      chown consul:consul "$folder"
    fi
  done
  # "--": BusyBox's su would take the program's options for its own.
  exec su -s /bin/sh -c 'exec "$0" "$@"' consul -- "$@"
fi
exec "$@"
`;

/** What Consul's image is made from. */
export interface ConsulParts {
  readonly version: string;
  readonly base: readonly Entry[];
  readonly program: { readonly path: string; readonly digest: string };
  /** Shared libraries, for a program that is not static. */
  readonly libraries: readonly Entry[];
}

/** An image that behaves as Consul's own image documents. */
export function consulImage(parts: ConsulParts): ImageRecipe {
  return {
    references: [`lab/consul:${parts.version}`],
    changes: [
      "ENV PATH=/bin:/sbin:/usr/bin:/usr/sbin",
      'ENTRYPOINT ["docker-entrypoint.sh"]',
      'CMD ["agent", "-dev", "-client", "0.0.0.0"]',
      "VOLUME /consul/data",
      "EXPOSE 8300 8301 8301/udp 8302 8302/udp 8500 8600 8600/udp",
    ],
    entries: [
      ...parts.base,
      ...accounts({ name: "consul", owner: CONSUL, home: "/consul" }),
      { at: "/bin/consul", copyOf: parts.program.path, digest: parts.program.digest },
      ...parts.libraries,
      { at: "/bin/docker-entrypoint.sh", text: CONSUL_ENTRYPOINT, mode: 0o755 },
      { at: "/consul", folderOf: CONSUL, mode: 0o755 },
      { at: "/consul/data", folderOf: CONSUL, mode: 0o755 },
      { at: "/consul/config", folderOf: CONSUL, mode: 0o755 },
    ],
  };
}

/** An image with Debian's named, started as the image of BIND's makers starts it. */
export function bindImage(
  version: string,
  base: readonly Entry[],
  files: readonly Entry[],
  bind: Owner,
): ImageRecipe {
  const branch = version.split(".").slice(0, 2).join(".");
  return {
    references: [`lab/bind9:${version}`, `lab/bind9:${branch}`],
    changes: [
      "ENV PATH=/usr/sbin:/usr/bin:/sbin:/bin",
      'ENTRYPOINT ["/usr/sbin/named", "-u", "bind"]',
      'CMD ["-f", "-c", "/etc/bind/named.conf", "-L", "/var/log/bind/default.log"]',
      "VOLUME /etc/bind /var/cache/bind /var/lib/bind /var/log",
      "EXPOSE 53 53/udp 953",
    ],
    entries: [
      ...base,
      ...accounts({ name: "bind", owner: bind, home: "/var/cache/bind" }),
      ...files,
      ...["/var/cache/bind", "/var/lib/bind", "/var/log/bind", "/run/named"].map((at): Entry => ({
        at,
        folderOf: bind,
        mode: 0o775,
      })),
    ],
  };
}

/** registrator alone, as its own Dockerfile has it: the program and the authorities that it trusts. */
export function registratorImage(
  version: string,
  program: { readonly path: string; readonly digest: string },
  authorities: readonly Entry[],
): ImageRecipe {
  return {
    references: [`lab/registrator:${version}`],
    changes: ['ENTRYPOINT ["/bin/registrator"]'],
    entries: [
      { at: "/bin/registrator", copyOf: program.path, digest: program.digest },
      ...authorities,
      { at: "/tmp", folderOf: ROOT, mode: 0o1777 },
    ],
  };
}

// A shell as process 1 has no default action for SIGTERM: without the trap, every stop would take its whole grace.
function untilStopped(...servers: readonly string[]): string {
  const lines = servers.length === 0 ? ["sleep 2147483647 &"] : servers.map((server) => `${server} &`);
  return ["#!/bin/sh", "trap 'exit 0' TERM INT", ...lines, "wait", ""].join("\n");
}

/** A web server that answers `/` and `/healthz` at port 8000. */
export function webImage(base: readonly Entry[]): ImageRecipe {
  return {
    references: ["lab/web:1.0"],
    changes: ['ENTRYPOINT ["/bin/serve"]', "EXPOSE 8000"],
    entries: [
      ...base,
      ...accounts(),
      { at: "/bin/serve", text: untilStopped("httpd -f -v -p 8000 -h /www"), mode: 0o755 },
      { at: "/www/index.html", text: "<!doctype html><title>web</title><p>web answers\n", mode: 0o644 },
      { at: "/www/healthz", text: "ok\n", mode: 0o644 },
    ],
  };
}

/** An image with two ports under the name that registrator's classic names are known by: Bitbucket's two listeners. */
export function bitbucketServerImage(base: readonly Entry[]): ImageRecipe {
  return {
    references: ["lab/bitbucket-server:1.0", "bitbucket-server:1.0"],
    changes: ['ENTRYPOINT ["/bin/serve"]', "EXPOSE 7990 7999"],
    entries: [
      ...base,
      ...accounts(),
      {
        at: "/bin/serve",
        text: untilStopped("httpd -f -p 7990 -h /www", "httpd -f -p 7999 -h /www"),
        mode: 0o755,
      },
      { at: "/www/index.html", text: "<!doctype html><title>bitbucket-server</title>\n", mode: 0o644 },
    ],
  };
}

/** dig and a shell, to ask DNS from inside a container; without a command it stays until it is stopped. */
export function toolsImage(base: readonly Entry[], files: readonly Entry[]): ImageRecipe {
  return {
    references: ["lab/tools:1.0"],
    changes: ["ENV PATH=/usr/sbin:/usr/bin:/sbin:/bin", 'CMD ["/bin/stay"]'],
    entries: [...base, ...accounts(), ...files, { at: "/bin/stay", text: untilStopped(), mode: 0o755 }],
  };
}

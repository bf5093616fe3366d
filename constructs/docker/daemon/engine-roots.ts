import { shellQuote } from "../../host/shell";
import type { DaemonConfiguration } from "./daemon-configuration";

/** The settings by which an engine finds its containers: with another one it starts without them. */
export type EngineRoots = Pick<DaemonConfiguration, "dataRoot" | "execRoot" | "usernsRemap">;

/** What an engine does without these settings (moby's `cmd/dockerd/config_unix.go`). */
const DATA_ROOT = "/var/lib/docker";
const EXEC_ROOT = "/var/run/docker";

/**
 * A text for `/bin/sh` that fails where containers run and the engine would look for them in another place. The engine
 * itself says where its data lie; the other two it does not say, so that the file is read which it was started with.
 */
export function renderRootsCheck(roots: EngineRoots, daemonJson: string): string {
  const { dataRoot, execRoot, usernsRemap = "" } = roots;
  return `stands() {
  cat ${shellQuote(daemonJson)} 2>/dev/null | tr -d '\\n' | sed -n "s/.*\\"$1\\"[[:space:]]*:[[:space:]]*\\"\\([^\\"]*\\)\\".*/\\1/p"
}
real() { readlink -f -- "$1" || echo "$1"; }
unmoved() {
  [ "$2" != "$3" ] || return 0
  count=$(docker ps --quiet | wc -l)
  [ "$count" -gt 0 ] || return 0
  echo "$1 is \${2:-not set} here, and \${3:-not set} in the settings: the engine would know none of its $count running containers any more, and they would run on unseen. Stop them first and deploy again (what the engine keeps stays in the old place), or leave $1 as it is"
  exit 1
}
# One that neither the settings nor the file say may be a flag, and stays. A remapped user has a folder behind it.
if [ -n ${shellQuote(dataRoot ?? "")}"$(stands data-root)$(stands graph)" ]; then
  unmoved data-root "$(docker info --format '{{.DockerRootDir}}' | sed 's,/[0-9]*\\.[0-9]*$,,')" "$(real ${shellQuote(dataRoot ?? DATA_ROOT)})"
fi
old=$(stands exec-root)
unmoved exec-root "$(real "\${old:-${EXEC_ROOT}}")" "$(real ${shellQuote(execRoot ?? EXEC_ROOT)})"
unmoved userns-remap "$(stands userns-remap)" ${shellQuote(usernsRemap)}
`;
}

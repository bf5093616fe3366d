import { Construct, type IConstruct } from "constructs";
import { ValidationError } from "../core/errors";
import { HostChange, type HostChangeOptions } from "../host/host-change";
import { CONTAINER_NAME } from "./container-validation";
import { requireNetworkName } from "./network-addresses";

/** Props of the removal of a host's stale endpoints. */
export interface StaleEndpointsProps extends HostChangeOptions {
  /** The overlay network's name on the engines. */
  readonly networkName: string;
  /** The names of the containers that this host, and no other one, attaches to it. */
  readonly containerNames: readonly string[];
}

/**
 * Removes the endpoints that a host which is no more has left on an overlay network: the store keeps them, and an engine
 * refuses a container of a name that is there (`endpoint with name ... already exists in network ...`). Nothing but
 * `docker network disconnect --force` takes them away. It looks once after the host's key or the names have changed, so
 * once on an empty host that took a lost one's place; endpoints of containers that the host has stay.
 */
export class StaleEndpoints extends Construct {
  private readonly change: HostChange;

  /** @throws ValidationError docker/network-name, docker/stale-endpoint-name */
  constructor(scope: Construct, id: string, props: StaleEndpointsProps) {
    super(scope, id);
    const { networkName, containerNames, ...options } = props;
    requireNetworkName(this, networkName);
    const wrong = containerNames.find((name) => !CONTAINER_NAME.test(name));
    if (wrong !== undefined || containerNames.length === 0) {
      throw new ValidationError(this, {
        code: "docker/stale-endpoint-name",
        prop: "containerNames",
        got: wrong ?? [],
        allowed: "one container's name or more, each known at synth",
        mend: "Give the names of the containers that this host attaches to the network",
      });
    }
    this.change = new HostChange(this, "Change", {
      ...options,
      title: `stale endpoints of ${networkName}`,
      key: `stale-endpoints-${networkName}`,
      prelude: renderStaleEndpoints(networkName, containerNames),
      unless: `found=$(stale) && [ -z "$found" ]`,
      act: `for name in $(stale); do docker network disconnect --force ${networkName} "$name" || exit 1; done`,
      check: `found=$(stale) && [ -z "$found" ]`,
    });
    this.node.defaultChild = this.change.node.defaultChild;
  }

  /** Looks after others are there. */
  public applyAfter(...others: readonly IConstruct[]): this {
    this.change.applyAfter(...others);
    return this;
  }
}

/** A function for `/bin/sh` that prints those of the names that are endpoints without a container of this engine. */
export function renderStaleEndpoints(networkName: string, names: readonly string[]): string {
  // An endpoint of another engine, or of none, has `ep-` and its id where others have their container's id.
  return String.raw`
stale() {
  endpoints=$(docker network inspect --format '{{range $id, $it := .Containers}}{{$id}} {{$it.Name}}{{"\n"}}{{end}}' ${networkName}) || return 1
  printf '%s\n' "$endpoints" | while read -r id endpoint; do
    case $id in ep-*) ;; *) continue ;; esac
    for name in ${names.join(" ")}; do
      [ "$name" != "$endpoint" ] || printf '%s\n' "$name"
    done
  done
}`;
}

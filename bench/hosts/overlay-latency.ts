import { ssh } from "../../lab/host-ssh";
import type { Lab } from "../../lab/hosts-state";
import { median } from "../figures";
import type { Programs } from "./programs";

/** The ways from one container, by what is on them. */
export const WAYS = ["overlay", "hosts", "bridge"] as const;
export type Way = (typeof WAYS)[number];

/** Median round trips of one round, in microseconds. */
export type RoundTrips = Readonly<Record<Way, number>>;

const PINGS = 200;
const WARM_UP_PINGS = 20;
const IMAGE = "lab/tools:1.0";

/** Addresses that are free in what staging makes: the overlay's lower half, and the first host's bridge network. */
const ADDRESSES = { here: "10.24.2.1", there: "10.24.2.2", neighbour: "10.21.1.9" };

/** The round trips in what ping wrote, in microseconds. */
function roundTripsIn(text: string): number[] {
  return [...text.matchAll(/ time=([\d.]+) ms/g)].map(([, milliseconds]) => Number(milliseconds) * 1_000);
}

/**
 * Pings, from a container on the first host, a container on the second over the overlay network; the second host's own
 * address, by which containers reach what it publishes; and a container beside it on the first host's bridge network.
 */
export async function overlayLatency(lab: Lab, rounds: number, programs: Programs): Promise<RoundTrips[]> {
  const [first, second] = lab.hosts;
  if (first === undefined || second === undefined) throw new RangeError("latency takes two hosts");
  const [here, there, neighbour] = ["bench-here", "bench-there", "bench-neighbour"];
  await ssh(
    lab,
    first.name,
    `docker create --rm --name ${here} --network services ${IMAGE} &&
docker network connect --ip ${ADDRESSES.here} docker-internal ${here} &&
docker start ${here} &&
docker run --detach --rm --name ${neighbour} --network services --ip ${ADDRESSES.neighbour} ${IMAGE}`,
  );
  await ssh(
    lab,
    second.name,
    `docker run --detach --rm --name ${there} --network docker-internal --ip ${ADDRESSES.there} ${IMAGE}`,
  );
  const targets: Record<Way, string> = {
    overlay: ADDRESSES.there,
    hosts: second.address,
    bridge: ADDRESSES.neighbour,
  };
  const measured: RoundTrips[] = [];
  for (let round = 1; round <= rounds; round++) {
    const medians: Partial<Record<Way, number>> = {};
    // Which way goes first changes: what the one leaves behind must not always meet the next.
    for (const way of WAYS.map((_, i) => WAYS[(i + round) % WAYS.length] ?? "overlay")) {
      programs.goOn();
      const ping = (count: number) => `docker exec ${here} ping -c ${count} -i 0.01 ${targets[way]}`;
      const text = await ssh(lab, first.name, `${ping(WARM_UP_PINGS)} >/dev/null; ${ping(PINGS)}`);
      const trips = roundTripsIn(text);
      if (trips.length < PINGS) throw new Error(`${way}: ${PINGS - trips.length} of ${PINGS} pings lost`);
      medians[way] = median(trips);
    }
    measured.push(medians as RoundTrips);
  }
  await ssh(lab, first.name, `docker rm --force ${here} ${neighbour}`);
  await ssh(lab, second.name, `docker rm --force ${there}`);
  return measured;
}

import { byHand } from "./fleet/by-hand";
import { fleetOf } from "./fleet/fleet";
import { withConstructs } from "./fleet/with-constructs";

/** One measurement in a process of its own: builds the fleet one way, synthesizes it, and prints what that took. */
const [side, containers, outdir] = process.argv.slice(2);
if ((side !== "constructs" && side !== "by-hand") || containers === undefined || outdir === undefined) {
  throw new TypeError("usage: synth-app constructs|by-hand CONTAINERS OUTDIR");
}
const fleet = fleetOf(Number(containers));
(side === "constructs" ? withConstructs(fleet, outdir) : byHand(fleet, outdir)).synth();
const { user, system } = process.cpuUsage();
process.stdout.write(
  `${JSON.stringify({
    // Since the process began, so what loading costs is in it; the caller takes it off.
    milliseconds: performance.now(),
    cpuMilliseconds: (user + system) / 1000,
    peakMebibytes: process.resourceUsage().maxRSS / 1024,
  })}\n`,
);

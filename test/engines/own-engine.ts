import { join } from "node:path";
import { labFolder } from "../../lab/commands";
import { takeTurn } from "../../lab/making";
import { requireEnginesRing } from "../../lab/requirements";

/** All tests on the machine's engine together take less than ten minutes on two busy cores. */
const WAIT = 20 * 60_000;

/**
 * For a file of tests on this machine's own engine: no two run at once, as a registrator would see the other's containers.
 * What a ring lacks fails them.
 */
export function onOwnEngine(): void {
  let end: (() => void) | undefined;
  beforeAll(async () => {
    await requireEnginesRing();
    end = await takeTurn(join(labFolder(), "engine", "tests"), { wait: WAIT });
  }, WAIT + 60_000);
  afterAll(() => {
    end?.();
  });
}

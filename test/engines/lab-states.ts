import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder of a test's own for the states of its labs: LAB_HOSTS names it until it is closed. */
export class LabStates {
  public readonly folder = mkdtempSync(join(tmpdir(), "lab-states-"));
  private readonly before = process.env["LAB_HOSTS"];

  constructor() {
    process.env["LAB_HOSTS"] = this.folder;
  }

  /** Removes the folder. Its labs are to be down. */
  public close(): void {
    if (this.before === undefined) delete process.env["LAB_HOSTS"];
    else process.env["LAB_HOSTS"] = this.before;
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A plan that cannot be read. Its message says which, what was found there, what is allowed, and how to mend it. */
export class PlanError extends Error {
  /**
   * @param source the plan's file, or another name for where it came from
   * @param problem what was found, and what is allowed; never a value of the plan
   * @param mend what to do
   */
  constructor(
    readonly source: string,
    readonly problem: string,
    readonly mend: string,
  ) {
    super(`${source}: ${problem}. ${mend}.`);
    this.name = "PlanError";
  }
}

/** A policy that cannot be used. Its message names the file or the part, what was got, what is allowed, and how to mend it. */
export class PolicyError extends Error {
  override readonly name = "PolicyError";
}

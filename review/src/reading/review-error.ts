/** Inputs that cannot be reviewed. The message says which, and how to mend it. */
export class ReviewError extends Error {
  override readonly name = "ReviewError";
}

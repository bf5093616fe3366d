import { ValidationError } from "../../constructs/core/errors";

/** Expects a fault with this code whose message holds all of these parts. */
export function expectFault(work: () => unknown, code: string, ...parts: readonly string[]): void {
  let thrown: unknown;
  try {
    work();
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(ValidationError);
  const fault = thrown as ValidationError;
  expect(fault.code).toBe(code);
  for (const part of parts) expect(fault.message).toContain(part);
}

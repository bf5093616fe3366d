import { ValidationError, ValidationErrors } from "../../constructs/core/errors";

/** What an action throws; a test that expects a fault fails if there is none. */
export function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

/** Expects a ValidationError with this code and prop, and each of these parts in its message. */
export function expectFault(
  act: () => unknown,
  code: string,
  prop: string,
  ...parts: readonly string[]
): ValidationError {
  const fault = thrownBy(act);
  if (!(fault instanceof ValidationError)) throw fault;
  expect({ code: fault.code, prop: fault.prop }).toEqual({ code, prop });
  for (const part of parts) expect(fault.message).toContain(part);
  expect(fault.message).toContain(`[${code}]`);
  return fault;
}

/** The codes of several faults that were thrown together. */
export function codesOf(error: unknown): string[] {
  if (!(error instanceof ValidationErrors)) throw error;
  return error.errors.map((fault) => fault.code);
}

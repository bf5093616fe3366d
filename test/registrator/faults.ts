import { ValidationError } from "../../constructs/core/errors";

/** Expects a ValidationError with this code, this prop and each of these parts in its message. */
export function expectFault(
  act: () => unknown,
  code: string,
  prop: string,
  ...parts: readonly string[]
): void {
  let caught: unknown;
  try {
    act();
  } catch (error) {
    caught = error;
  }
  expect(caught).toBeInstanceOf(ValidationError);
  const fault = caught as ValidationError;
  expect({ code: fault.code, prop: fault.prop, message: fault.message }).toEqual({
    code,
    prop,
    message: fault.message,
  });
  for (const part of parts) expect(fault.message).toContain(part);
}

import type { Plan } from "../../src/plan/plan";
import type { Redactor } from "../../src/redaction/redactor";
import type { Redacted } from "../../src/redaction/redacted";
import { EncodedText, Secret, Unknown } from "../../src/redaction/redacted";

/** All texts, keys and numbers of a redacted value. */
export function textsOf(value: Redacted | undefined): string[] {
  if (value === undefined || value === null || value instanceof Unknown) {
    return [];
  }
  if (value instanceof Secret) {
    return value.hash === undefined ? [] : [value.hash];
  }
  if (value instanceof EncodedText) {
    return [value.text];
  }
  if (typeof value !== "object") {
    return [String(value)];
  }
  return Object.entries(value).flatMap(([key, item]) => [key, ...textsOf(item)]);
}

/** Everything that a redactor gives for a plan. */
export function everythingOf(plan: Plan, redactor: Redactor): string[] {
  const texts: string[] = [];
  const deferred = plan.deferredChanges.map((change) => change.resourceChange);
  for (const change of [...plan.resourceChanges, ...plan.resourceDrift, ...deferred]) {
    const { before, after } = redactor.change(change);
    texts.push(redactor.text(change.address), redactor.text(change.previousAddress ?? ""));
    texts.push(...textsOf(before), ...textsOf(after));
    texts.push(redactor.text(change.change.importing?.id ?? ""));
    texts.push(...textsOf(redactor.value(change.change.importing?.identity)));
    texts.push(redactor.text(change.change.generatedConfig ?? ""));
  }
  for (const output of plan.outputChanges) {
    const { before, after } = redactor.output(output);
    texts.push(redactor.text(output.name), ...textsOf(before), ...textsOf(after));
  }
  for (const check of plan.checks) {
    texts.push(redactor.text(check.address), ...check.problems.map((problem) => redactor.text(problem)));
  }
  for (const provisioner of plan.provisioners) {
    texts.push(...textsOf(redactor.value(provisioner.expressions)));
  }
  for (const action of plan.actionInvocations) {
    texts.push(redactor.text(action.address), ...textsOf(redactor.value(action.values, action.sensitive)));
  }
  for (const unknown of plan.unknowns) {
    texts.push(redactor.text(unknown.where), redactor.text(unknown.got));
  }
  return texts;
}

/** What base32 means, character by character of its alphabet. */
function base32Decoded(text: string): string {
  const bits = Array.from(text.toUpperCase(), (character) =>
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(character).toString(2).padStart(5, "0"),
  ).join("");
  return Buffer.from((bits.match(/[01]{8}/g) ?? []).map((byte) => parseInt(byte, 2))).toString("utf8");
}

/** What somebody could try to read a text as. */
function* readings(text: string, depth: number): Iterable<string> {
  yield text;
  if (depth === 0) {
    return;
  }
  const decoded = new Set<string>();
  for (const [run] of text.matchAll(/[A-Za-z0-9+/_-]{8,}/g)) {
    for (const skipped of [0, 1, 2, 3]) {
      decoded.add(Buffer.from(run.slice(skipped), "base64").toString("utf8"));
      decoded.add(Buffer.from(run.slice(skipped), "base64").toString("latin1"));
    }
  }
  decoded.add(Buffer.from(text.replace(/[^A-Za-z0-9+/_-]/g, ""), "base64").toString("utf8"));
  for (const [run] of text.matchAll(/[A-Za-z2-7]{8,}(?:\s+[A-Za-z2-7]+)*/g)) {
    for (let skipped = 0; skipped < 8; skipped++) {
      decoded.add(base32Decoded(run.replace(/\s+/g, "").slice(skipped)));
    }
  }
  for (const [run] of text.matchAll(/[0-9a-fA-F]{2}(?:[\s:-]+[0-9a-fA-F]{2}){5,}/g)) {
    decoded.add(Buffer.from(run.replace(/[^0-9a-fA-F]/g, ""), "hex").toString("utf8"));
  }
  for (const [run] of text.matchAll(/(?:[0-9a-fA-F]{2}){6,}/g)) {
    decoded.add(Buffer.from(run, "hex").toString("utf8"));
  }
  decoded.add(
    text.replace(/(?:%[0-9a-fA-F]{2})+/g, (codes) =>
      Buffer.from(codes.replace(/%/g, ""), "hex").toString("utf8"),
    ),
  );
  decoded.add(
    text.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/g, (_, code?: string, character?: string) =>
      code === undefined
        ? ({ n: "\n", t: "\t", r: "\r" }[character ?? ""] ?? character ?? "")
        : String.fromCharCode(parseInt(code, 16)),
    ),
  );
  for (const reading of decoded) {
    if (reading !== text) {
      yield* readings(reading, depth - 1);
    }
  }
}

/** Whether a secret can be read out of texts, whichever way it is encoded. */
export function leaks(texts: readonly string[], secret: string): boolean {
  return texts.some((text) => {
    for (const reading of readings(text, 2)) {
      if (reading.includes(secret)) {
        return true;
      }
    }
    return false;
  });
}

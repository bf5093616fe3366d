import { createHmac, randomBytes } from "node:crypto";
import { writeCanonical } from "../fingerprint/canonical-json";
import type { Json } from "../plan/plan";
import { Secret } from "./redacted";

/** Of another process nothing can be compared with this one's. */
const PROCESS_KEY = randomBytes(32);
/** Hexadecimal digits of a hash that readers see. */
const SHOWN = 12;

/** Makes of values what can be compared without them. */
export class Identities {
  /** @param hashKey the key of the hashes that readers see; without one there are none, since plain hashes can be guessed */
  constructor(private readonly hashKey?: string) {}

  /** A secret in place of a value. */
  secret(value: Json | undefined): Secret {
    const identity = digest(PROCESS_KEY, value);
    const hash = this.hash(value);
    return hash === undefined ? new Secret(identity) : new Secret(identity, hash);
  }

  /** The keyed hash of a value; undefined without a key. */
  hash(value: Json | undefined): string | undefined {
    return this.hashKey === undefined || this.hashKey === ""
      ? undefined
      : digest(`cdktf-plan-review secret 1\n${this.hashKey}`, value).slice(0, SHOWN);
  }
}

function digest(key: string | Buffer, value: Json | undefined): string {
  const hash = createHmac("sha256", key);
  writeCanonical(value, (text) => hash.update(text));
  return hash.digest("hex");
}

import { type Location, ValidationError } from "../core/errors";
import { isToken } from "../core/tokens";

/** Key types that sshd offers. `ssh-rsa` is the type of a key; its SHA-2 signatures use the same one. */
const KEY_TYPES = [
  "ssh-ed25519",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "ssh-rsa",
  "sk-ssh-ed25519@openssh.com",
  "sk-ecdsa-sha2-nistp256@openssh.com",
];

/**
 * Checks public host keys as in `/etc/ssh/ssh_host_*_key.pub`, and drops their comments.
 * @returns `<type> <base64>` of each
 * @throws ValidationError host/host-key
 */
export function requireHostKeys(location: Location, prop: string, keys: readonly string[]): string[] {
  if (keys.length === 0) fail(location, prop, keys);
  return keys.map((key, i) => {
    const at = `${prop}[${i}]`;
    if (isToken(key)) fail(location, at, "a value that is known only when Terraform runs");
    const [type = "", blob = ""] = key.trim().split(/\s+/);
    const bytes = Buffer.from(blob, "base64");
    // The blob begins with its own type, as a length of four bytes and the text (RFC 4253, section 6.6).
    const length = bytes.length >= 4 ? bytes.readUInt32BE(0) : 0;
    const named = bytes.subarray(4, 4 + length).toString("latin1");
    if (!KEY_TYPES.includes(type) || named !== type || bytes.toString("base64") !== padded(blob))
      fail(location, at, key);
    return `${type} ${blob}`;
  });
}

function padded(blob: string): string {
  return blob.padEnd(Math.ceil(blob.length / 4) * 4, "=");
}

function fail(location: Location, prop: string, got: unknown): never {
  throw new ValidationError(location, {
    code: "host/host-key",
    prop,
    got,
    allowed: `a public key as in /etc/ssh/ssh_host_ed25519_key.pub of the host, "ssh-ed25519 AAAA..."`,
    mend: "Read it on the host itself, or with ssh-keyscan over a network that you trust",
  });
}

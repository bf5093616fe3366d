import { z } from "zod";
import { field, readSettings } from "./settings-file";

/** The variable that names a file of settings for the environment `staging`. `npm run lab:up` writes such a file. */
export const STAGING_SETTINGS = "STAGING_SETTINGS";

const { flag, port, text, texts, whole } = field;

const host = z.strictObject({
  /** @default - `10.20.0.1N` of a host `staging-N` */
  address: text().exactOptional(),
  /** The subnet of its bridge network. @default - `10.21.N.0/24` of a host `staging-N` */
  subnet: text().exactOptional(),
  /** @default - the first three are servers */
  consul: z.enum(["server", "client"], { error: '"server" or "client"' }).exactOptional(),
  engineVersion: text().default("20.10.24"),
  user: text().default("deploy"),
  port: port().exactOptional(),
  /** The host's public keys, as `known_hosts` has them. */
  hostKeys: texts("public keys, such as ssh-ed25519 AAAA...")
    .min(1, { error: "one key or more" })
    .exactOptional(),
  identityFile: text().exactOptional(),
  configFile: text().exactOptional(),
  retired: flag().default(false),
});
const images = z.strictObject({ consul: text(), registrator: text(), bind: text() }).partial();
const bitbucketServer = z.strictObject({ image: text().default("atlassian/bitbucket-server:8.19.10") });
const shop = z.strictObject({
  image: text().default("registry.example.com/shop:2.4.1"),
  port: port().default(8000),
  path: text().default("/healthz"),
});
const overlay = z.strictObject({
  name: text().default("docker-internal"),
  subnet: text().exactOptional(),
  gateway: text().exactOptional(),
  ipRange: text().exactOptional(),
});
/** Settings of every engine, by the names of `DaemonConfiguration`. */
const engine = z.strictObject({
  debug: flag().exactOptional(),
  labels: z.record(text(), text(), { error: "an object of labels" }).exactOptional(),
  logLevel: z
    .enum(["debug", "info", "warn", "error", "fatal"], { error: "a level of dockerd" })
    .exactOptional(),
  maxConcurrentDownloads: whole(1, 1000).exactOptional(),
});

const settings = z.strictObject({
  /** All hosts. @default - `staging-1` to `staging-3` */
  hosts: z
    .record(text(), host, { error: "an object of hosts by name" })
    .prefault({ "staging-1": {}, "staging-2": {}, "staging-3": {} }),
  images: images.default({}),
  "bitbucket-server": bitbucketServer.prefault({}),
  shop: shop.prefault({}),
  consulVersion: text().default("1.19.2"),
  bindVersion: text().default("9.18"),
  /** How long answers for services are kept. @default - the constructs' own, 3 s */
  serviceTtlSeconds: whole(0, 3600).exactOptional(),
  upstreams: texts("addresses").default(["10.20.0.2"]),
  /** The interface at which the engines reach each other. */
  advertise: text().default("eth0"),
  overlay: overlay.prefault({
    subnet: "10.24.0.0/16",
    gateway: "10.24.0.1",
    ipRange: "10.24.128.0/17",
  }),
  engine: engine.default({}),
  /** A folder for the state, absolute. @default - an S3 bucket */
  stateFolder: text().exactOptional(),
});

/** The names of the settings, by the path of the object that they stand in. */
export const STAGING_SETTING_NAMES: Readonly<Record<string, readonly string[]>> = {
  "": Object.keys(settings.shape),
  hosts: Object.keys(host.shape),
  images: Object.keys(images.shape),
  "bitbucket-server": Object.keys(bitbucketServer.shape),
  shop: Object.keys(shop.shape),
  overlay: Object.keys(overlay.shape),
  engine: Object.keys(engine.shape),
};

/** Settings of the environment `staging`, with all defaults put in. */
export type StagingSettings = z.infer<typeof settings>;
/** Settings as a file of them may have them. */
export type StagingSettingsFile = z.input<typeof settings>;

/**
 * Reads the settings of `staging` from the JSON file that STAGING_SETTINGS names: its hosts with their keys, images of
 * one's own registry. Without that variable everything has its default.
 * @throws ValidationErrors with a line for each setting that cannot be right: environment/staging-settings
 */
export function readStagingSettings(path = process.env[STAGING_SETTINGS]): StagingSettings {
  return readSettings(
    {
      environment: "staging",
      variable: STAGING_SETTINGS,
      code: "environment/staging-settings",
      schema: settings,
      namesAt: ([first = ""]) => STAGING_SETTING_NAMES[String(first)] ?? [],
    },
    path,
  );
}

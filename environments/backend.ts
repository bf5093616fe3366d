/** Where an environment's state lies. Credentials never stand here: each backend takes them from its own variables. */
export type Backend =
  LocalBackendDescription | S3BackendDescription | ConsulBackendDescription | HttpBackendDescription;

/** Files on the machine that runs Terraform. */
export interface LocalBackendDescription {
  readonly kind: "local";
  /** The folder, absolute; a file for each stack, `<stack>.tfstate`, lies in it. */
  readonly folder: string;
}

/** A bucket of S3, or of something that speaks S3. Credentials: `AWS_ACCESS_KEY_ID` and the rest of AWS's variables. */
export interface S3BackendDescription {
  readonly kind: "s3";
  /** The bucket. */
  readonly bucket: string;
  /** What stands before each stack's name in its key. */
  readonly prefix: string;
  /** The region; for other makers' stores whatever they expect. */
  readonly region: string;
  /**
   * The address of a store that is not AWS's, `https://s3.example.com`.
   * @default - AWS
   */
  readonly endpoint?: string;
}

/** A Consul that this environment does not deploy itself. Its token: `CONSUL_HTTP_TOKEN`. */
export interface ConsulBackendDescription {
  readonly kind: "consul";
  /** `host:port`. */
  readonly address: string;
  /** What stands before each stack's name in its path. */
  readonly prefix: string;
}

/** A server that keeps state over HTTP. Its credentials: `TF_HTTP_USERNAME` and `TF_HTTP_PASSWORD`. */
export interface HttpBackendDescription {
  readonly kind: "http";
  /** The address before each stack's name, `https://state.example.com/fleet`. */
  readonly address: string;
}

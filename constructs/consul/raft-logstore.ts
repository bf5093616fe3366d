import type { Duration } from "../core/duration";
import { Size } from "../core/size";
import type { OptionTable } from "./option";
import { flag, oneOf, section, size, time } from "./option-kinds";

/** The checks of the raft log against its replicas. */
export interface RaftLogVerification {
  /**
   * Turns them on.
   * @default false, Consul's own
   */
  readonly enabled?: boolean;
  /**
   * The time between two checks.
   * @default - Consul's own
   */
  readonly interval?: Duration;
}

/** Settings of the BoltDB log store. */
export interface RaftBoltdb {
  /**
   * Leaves the list of free pages off the disk: faster writes, slower start.
   * @default false, Consul's own
   */
  readonly noFreelistSync?: boolean;
}

/** Settings of the write-ahead log. */
export interface RaftWal {
  /**
   * The size of a file of the log: whole MiB, 1 to 1024.
   * @default Size.mebibytes(64), Consul's own
   */
  readonly segmentSizeMb?: Size;
}

/** Where a server keeps its raft log. Follows `raft_logstore` of Consul's agent configuration; known from 1.15 on. */
export interface RaftLogstoreConfig {
  /**
   * The kind of store. The two cannot read each other's files.
   * @default - Consul's own
   */
  readonly backend?: "boltdb" | "wal";
  /**
   * Keeps no recent entries in memory.
   * @default false, Consul's own
   */
  readonly disableLogCache?: boolean;
  /**
   * Checks of the log.
   * @default - none
   */
  readonly verification?: RaftLogVerification;
  /**
   * Settings of BoltDB. Only with that backend.
   * @default - Consul's own
   */
  readonly boltdb?: RaftBoltdb;
  /**
   * Settings of the write-ahead log. Only with that backend.
   * @default - Consul's own
   */
  readonly wal?: RaftWal;
}

/** How `raft_logstore` is written. */
export const RAFT_LOGSTORE: OptionTable<RaftLogstoreConfig> = {
  backend: oneOf(["boltdb", "wal"]),
  disableLogCache: flag(),
  verification: section<RaftLogVerification>({ enabled: flag(), interval: time() }),
  boltdb: section<RaftBoltdb>({ noFreelistSync: flag() }),
  wal: section<RaftWal>({
    segmentSizeMb: size({ unit: Size.mebibytes(1), max: Size.mebibytes(1024) }),
  }),
};

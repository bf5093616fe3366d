/**
 * How an engine shares networks with others: not at all, through a key-value store (engines before 23.0), or in swarm
 * mode. An engine is in one of them.
 */
export type EngineMode = "standalone" | "key-value" | "swarm";

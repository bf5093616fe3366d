import type { IConstruct } from "constructs";
import type { Protocol } from "../core/ports";
import type { Check } from "./check";

/** One port of a container, and the service that it is registered as. */
export interface ServiceRegistration {
  /** The container's port, 1 to 65535 (the inner one, not the one of the host). */
  readonly port: number;
  /**
   * The service's name, one DNS label.
   * @default - the catalogue's own default: registrator takes the image's last part, with the port behind it where several are published
   */
  readonly name?: string;
  /**
   * Tags. Each may stand before the service's name in a DNS query, and must then be a DNS label.
   * @default - none
   */
  readonly tags?: readonly string[];
  /**
   * The service's metadata, name to text.
   * @default - none
   */
  readonly meta?: Readonly<Record<string, string>>;
  /**
   * How the service is checked.
   * @default - not at all: it passes for as long as it is registered
   */
  readonly check?: Check;
}

/** A port of a container as a catalogue needs to know it. */
export interface RegisteredPort {
  /** The container's port. */
  readonly containerPort: number;
  /** The protocol. */
  readonly protocol: Protocol;
  /** The host's address that it is published on; undefined for every interface. */
  readonly hostAddress?: string;
}

/** What a container that wants to be registered tells the catalogue of itself. */
export interface RegistrationSubject {
  /** The construct, for messages. */
  readonly construct: IConstruct;
  /** The ports that are published. */
  readonly publishedPorts: readonly RegisteredPort[];
  /**
   * The image's name as the container is created with it.
   * @default - unknown: a default name is not checked
   */
  readonly image?: string;
}

/** A part of a service's name in the catalogue. */
export interface DnsNameOptions {
  /**
   * Only instances with this tag.
   * @default - all instances
   */
  readonly tag?: string;
  /**
   * The datacenter that is asked.
   * @default - the one of the agent that answers
   */
  readonly datacenter?: string;
}

/** Where services are registered and found by name. */
export interface IServiceCatalog {
  /** The DNS domain that the catalogue answers for, such as `consul`. */
  readonly domain: string;

  /**
   * The name under which a service's addresses (A) and its addresses with ports (SRV) are found:
   * `shop.service.consul`.
   * @throws ValidationError if the service, the tag or the datacenter is no DNS label
   */
  dnsNameOf(service: string, options?: DnsNameOptions): string;

  /**
   * The labels that a container must carry to be registered so.
   * @throws ValidationError for what the catalogue cannot register
   */
  registrationLabels(
    subject: RegistrationSubject,
    registration: ServiceRegistration,
  ): Readonly<Record<string, string>>;

  /** The labels that keep a container out of the catalogue. */
  ignoreLabels(): Readonly<Record<string, string>>;
}

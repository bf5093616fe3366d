import type { IConstruct } from "constructs";
import { canonicalAddress, type Cidr, isUnspecified } from "../core/addresses";
import { type Location, pathOf, ValidationError } from "../core/errors";
import type { Protocol } from "../core/ports";
import { isToken } from "../core/tokens";

/** A published port, as two containers can get in each other's way with it. */
interface PortClaim {
  readonly address: string;
  readonly owner: Location;
}

/**
 * What the constructs of an app take of one engine: names, host names, ports, subnets, volumes. Two stacks that
 * describe the same engine share its claims, so that a collision shows at synth and not in the second deploy.
 */
export class HostClaims {
  /**
   * The claims on an engine, known by its connection, within one app.
   * @param scope any construct of the app
   * @param engine the engine's connection as text; equal texts are one engine
   */
  public static of(scope: IConstruct, engine: string): HostClaims {
    const root = scope.node.root;
    let engines = HostClaims.apps.get(root);
    if (engines === undefined) HostClaims.apps.set(root, (engines = new Map<string, HostClaims>()));
    let claims = engines.get(engine);
    if (claims === undefined) engines.set(engine, (claims = new HostClaims()));
    return claims;
  }

  private static readonly apps = new WeakMap<IConstruct, Map<string, HostClaims>>();

  private readonly unique = new Map<string, Location>();
  private readonly ports = new Map<string, PortClaim[]>();
  private readonly subnets: { readonly cidr: Cidr; readonly owner: string }[] = [];

  private constructor() {}

  /**
   * Takes something that only one construct of an engine may have.
   * @param kind what it is, in words: `container name`
   * @throws ValidationError docker/duplicate
   */
  public claim(kind: string, value: string, location: Location, prop: string): void {
    if (isToken(value)) return;
    const key = `${kind}\0${value}`;
    const owner = this.unique.get(key);
    if (owner !== undefined) {
      throw new ValidationError(location, {
        code: "docker/duplicate",
        prop,
        got: value,
        allowed: `${/^[aeiou]/.test(kind) ? "an" : "a"} ${kind} that nothing else on this host has; ${pathOf(owner)} has this one`,
        mend: "Take another one, or remove one of the two",
      });
    }
    this.unique.set(key, location);
  }

  /**
   * Takes a port of the host; an address that stands for every interface meets all others.
   * @throws ValidationError docker/duplicate-port
   */
  public claimPort(
    address: string,
    port: number,
    protocol: Protocol,
    location: Location,
    prop: string,
  ): void {
    if (isToken(address) || isToken(port)) return;
    const key = `${port}/${protocol}`;
    const canonical = canonicalAddress(address);
    const taken = this.ports.get(key) ?? [];
    const other = taken.find(
      (claim) => claim.address === canonical || isUnspecified(claim.address) || isUnspecified(canonical),
    );
    if (other !== undefined) {
      throw new ValidationError(location, {
        code: "docker/duplicate-port",
        prop,
        got: `${address}:${key}`,
        allowed: `a port that nothing else on this host has; ${pathOf(other.owner)} has ${other.address}:${key}`,
        mend: "Take another host port or another address of the host",
      });
    }
    taken.push({ address: canonical, owner: location });
    this.ports.set(key, taken);
  }

  /**
   * Takes a block of addresses.
   * @throws ValidationError docker/subnet-overlap
   */
  public claimSubnet(cidr: Cidr, location: Location, prop: string): void {
    const other = this.subnets.find((claim) => claim.cidr.overlaps(cidr));
    if (other !== undefined) {
      throw new ValidationError(location, {
        code: "docker/subnet-overlap",
        prop,
        got: cidr,
        allowed: `a subnet that shares no address with another of this host; ${other.owner} has ${other.cidr.toString()}`,
        mend: "Take a block that is free on this host",
      });
    }
    this.subnets.push({ cidr, owner: pathOf(location) });
  }

  /** Who else has a block that shares an address with this one, and which. */
  public overlapWith(
    cidr: Cidr,
    owner: Location,
  ): { readonly owner: string; readonly cidr: Cidr } | undefined {
    return this.subnets.find((claim) => claim.owner !== pathOf(owner) && claim.cidr.overlaps(cidr));
  }

  /** Notes a block that the host has already, whatever it overlaps with; noting it twice changes nothing. */
  public reserveSubnet(cidr: Cidr, owner: string): void {
    if (this.subnets.some((claim) => claim.owner === owner && claim.cidr.toString() === cidr.toString()))
      return;
    this.subnets.push({ cidr, owner });
  }
}

export * from "./host-change";
export { HostFile, type HostFileProps } from "./host-file";
export * from "./host-command";
export { hostKeyOptions, type ISshHost, SshHost, type SshHostProps } from "./ssh-host";
export { PortReachability, type PortReachabilityProps, type ReachableHost } from "./port-reachability";
export { SystemdDropIn, type SystemdDropInProps } from "./systemd-drop-in";

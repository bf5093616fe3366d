export * from "./host-change";
export { HostFile, type HostFileProps } from "./host-file";
export * from "./host-command";
export { hostKeyOptions, type ISshHost, SshHost, type SshHostProps } from "./ssh-host";
export { SystemdDropIn, type SystemdDropInProps } from "./systemd-drop-in";

import { posix } from "node:path";
import type { Location } from "../core/errors";
import { isToken } from "../core/tokens";
import type { ContainerProps } from "./container-props";
import type { Fail } from "./fail";

/** Checks volumes, host mounts, tmpfs, devices and uploaded files, each and against each other. */
export function validateMounts(fail: Fail, location: Location, props: ContainerProps): void {
  const paths = new Set<string>();
  const take = (prop: string, path: string) => {
    if (isToken(path)) return;
    if (!path.startsWith("/") || path === "/" || path.includes(":") || path.includes("\0")) {
      fail(
        "docker/mount-path",
        prop,
        path,
        "an absolute path other than /, without a colon",
        "Give the path in the container",
      );
    }
    const plain = plainPath(path);
    if (paths.has(plain))
      fail("docker/mount-twice", prop, path, "each path of the container once", "Mount one thing there");
    paths.add(plain);
  };
  for (const mount of props.volumes ?? []) take("volumes.containerPath", mount.containerPath);
  for (const mount of props.hostMounts ?? []) {
    take("hostMounts.containerPath", mount.containerPath);
    if (!isToken(mount.hostPath) && (!mount.hostPath.startsWith("/") || mount.hostPath.includes(":"))) {
      fail(
        "docker/mount-path",
        "hostMounts.hostPath",
        mount.hostPath,
        "an absolute path without a colon",
        "Give the path on the host; a name alone is a volume",
      );
    }
    if (mount.selinuxRelabel !== undefined && props.host.providerVersion === "3.6.2") {
      fail(
        "docker/selinux-relabel",
        "hostMounts.selinuxRelabel",
        mount.selinuxRelabel,
        "a value only with provider 4.5.0",
        "Give the host providerVersion 4.5.0, or label the path on the host",
      );
    }
  }
  for (const mount of props.tmpfs ?? []) {
    take("tmpfs.containerPath", mount.containerPath);
    if (mount.mode !== undefined && !/^[0-7]{3,4}$/.test(mount.mode)) {
      fail(
        "docker/tmpfs-mode",
        "tmpfs.mode",
        mount.mode,
        "three or four octal digits",
        'Write it as in chmod: "1777"',
      );
    }
  }
  for (const device of props.devices ?? []) {
    if (!isToken(device.hostPath) && !device.hostPath.startsWith("/")) {
      fail(
        "docker/device",
        "devices.hostPath",
        device.hostPath,
        "an absolute path",
        "Give the device's path on the host",
      );
    }
    if (device.permissions !== undefined && !/^(?!.*(.).*\1)[rwm]{1,3}$/.test(device.permissions)) {
      fail(
        "docker/device",
        "devices.permissions",
        device.permissions,
        "of r, w and m, each once",
        'Write for example "rw"',
      );
    }
  }
  if (props.files !== undefined && props.files.length > 0) {
    if (props.readOnlyRoot === true) {
      fail(
        "docker/file-read-only",
        "files",
        props.files.map((file) => file.path),
        "no files together with readOnlyRoot: the engine refuses to write them",
        "Bring the files in a volume or a host mount, or leave readOnlyRoot out",
      );
    }
    const uploaded = new Set<string>();
    for (const file of props.files) {
      file.validate(location, "files");
      if (isToken(file.path)) continue;
      const path = plainPath(file.path);
      if (uploaded.has(path))
        fail("docker/file-twice", "files.path", file.path, "each path once", "Keep one of the two files");
      uploaded.add(path);
      requireFilePlace(fail, props, file.path);
    }
  }
}

const plainPath = (path: string) => posix.normalize(path).replace(/(.)\/$/, "$1");

/** Files are written before the container starts, by the engine: not into what it mounts only then, or read-only. */
function requireFilePlace(fail: Fail, props: ContainerProps, path: string): void {
  const holds = (mount: { readonly containerPath: string }) =>
    !isToken(mount.containerPath) && plainPath(path).startsWith(`${plainPath(mount.containerPath)}/`);
  if (props.tmpfs?.some(holds) === true) {
    fail(
      "docker/file-under-tmpfs",
      "files.path",
      path,
      "a path outside of every tmpfs: the file would be hidden as soon as the container starts",
      "Put the file elsewhere, or mount the tmpfs elsewhere",
    );
  }
  // Of several mounts around a file the innermost has it.
  const innermost = [...(props.volumes ?? []), ...(props.hostMounts ?? [])]
    .filter(holds)
    .sort((a, b) => plainPath(b.containerPath).length - plainPath(a.containerPath).length)[0];
  if (innermost?.readOnly === true) {
    fail(
      "docker/file-read-only",
      "files.path",
      path,
      `a path outside of what is mounted read-only (${innermost.containerPath}): the engine refuses to write there`,
      "Put the file elsewhere, or mount that for reading and writing",
    );
  }
}

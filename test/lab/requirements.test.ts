import {
  type Machine,
  mirrorFolder,
  missingOn,
  terraformPlatform,
  terraformVersionIn,
} from "../../lab/requirements";

const complete: Machine = {
  root: true,
  terraform: "1.11.4",
  providers: ["3.6.2", "4.5.0"],
  registrator: true,
  lackedPackages: [],
  engine: true,
  dockerd: true,
  lackedImages: [],
};
const lines = (machine: Machine): string[] => missingOn(machine).map(({ what, how }) => `${what}: ${how}`);

test("a complete machine lacks nothing", () => {
  expect(missingOn(complete)).toEqual([]);
});

test("a bare machine is told everything at once", () => {
  const machine: Machine = {
    root: false,
    providers: [],
    registrator: false,
    lackedPackages: ["docker.io", "iproute2"],
    engine: false,
    dockerd: false,
    lackedImages: [],
  };
  expect(lines(machine)).toEqual([
    "root: run it as root: the lab makes root file systems",
    "Terraform 1.10.0 or later: install it from developer.hashicorp.com/terraform/install, on PATH",
    "registrator: build it from its own repository, gliderlabs/registrator, with CGO_ENABLED=0, and put it on PATH",
    "the programs of docker.io iproute2: apt-get install docker.io iproute2",
    "an engine at /var/run/docker.sock: apt-get install docker.io iptables, then `npm run lab:engine`",
  ]);
});

test("a Terraform without ephemeral variables is too old", () => {
  expect(lines({ ...complete, terraform: "1.9.8" })).toEqual([
    "Terraform 1.10.0 or later, not 1.9.8: install a later one from developer.hashicorp.com/terraform/install",
  ]);
});

test("each version of the provider is asked for by itself", () => {
  const found = missingOn({ ...complete, providers: ["4.5.0"] });
  expect(found.map(({ what }) => what)).toEqual(["kreuzwerker/docker 3.6.2"]);
  expect(found[0]?.how).toContain(
    `/.terraform.d/plugins/registry.terraform.io/kreuzwerker/docker/3.6.2/${terraformPlatform()}`,
  );
});

test("an engine that could be started is started by the lab's own command", () => {
  expect(lines({ ...complete, engine: false })).toEqual([
    "an engine at /var/run/docker.sock: run `npm run lab:engine`",
  ]);
});

test("an image is not missed twice where registrator itself is missing", () => {
  const lackedImages = ["lab/registrator", "lab/web"];
  expect(missingOn({ ...complete, lackedImages }).map(({ what }) => what)).toEqual([
    "images: lab/registrator, lab/web",
  ]);
  expect(missingOn({ ...complete, registrator: false, lackedImages }).map(({ what }) => what)).toEqual([
    "registrator",
    "images: lab/web",
  ]);
});

test("the local mirror has a folder for each platform, in Terraform's words", () => {
  expect(terraformPlatform("linux", "x64")).toBe("linux_amd64");
  expect(terraformPlatform("darwin", "arm64")).toBe("darwin_arm64");
  expect(mirrorFolder("4.5.0", "/home/me", "linux_amd64")).toBe(
    "/home/me/.terraform.d/plugins/registry.terraform.io/kreuzwerker/docker/4.5.0/linux_amd64",
  );
});

test("Terraform's version is read from its JSON, and from nothing else", () => {
  expect(terraformVersionIn('{"terraform_version": "1.11.4", "platform": "linux_amd64"}')).toBe("1.11.4");
  expect(terraformVersionIn('{"terraform_version": 1}')).toBeUndefined();
  expect(terraformVersionIn("null")).toBeUndefined();
  expect(terraformVersionIn("Terraform v1.11.4")).toBeUndefined();
});

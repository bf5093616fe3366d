import fc from "fast-check";
import { Container } from "../../constructs/docker/container";
import { ContainerImage } from "../../constructs/docker/container-image";
import { EngineConnection } from "../../constructs/docker/engine-connection";
import { synthesizeStack } from "../support/apps";
import { expectFault } from "../support/faults";
import { hostOf } from "./support";

const DIGEST = `sha256:${"a1".repeat(32)}`;

test.each([
  [ContainerImage.tag("shop", "2.4.1"), "shop:2.4.1", "shop"],
  [
    ContainerImage.tag("registry.example.com:5000/team/shop", "2"),
    "registry.example.com:5000/team/shop:2",
    "shop",
  ],
  [ContainerImage.digest("shop", DIGEST), `shop@${DIGEST}`, "shop"],
  [ContainerImage.digest("a/b", DIGEST, { tag: "1" }), `a/b:1@${DIGEST}`, "b"],
  [ContainerImage.parse("localhost:5000/a:1"), "localhost:5000/a:1", "a"],
  [ContainerImage.parse(`a/b:1@${DIGEST}`), `a/b:1@${DIGEST}`, "b"],
  [ContainerImage.parse(`a/b@${DIGEST}`), `a/b@${DIGEST}`, "b"],
])("%s is %s", (image, name, baseName) => {
  expect([image.name, image.baseName, JSON.stringify(image)]).toEqual([name, baseName, JSON.stringify(name)]);
});

test("parse reads what name writes", () => {
  const part = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,6}[a-z0-9])?$/);
  const registry = fc.option(fc.constantFrom("r.example.com/", "localhost:5000/", "10.0.0.1:443/"), {
    nil: "",
  });
  const tag = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,10}$/).filter((text) => text !== "latest");
  const ending = fc.oneof(
    tag.map((text) => `:${text}`),
    fc.constant(`@${DIGEST}`),
    tag.map((text) => `:${text}@${DIGEST}`),
  );
  fc.assert(
    fc.property(registry, fc.array(part, { minLength: 1, maxLength: 3 }), ending, (host, parts, end) => {
      const name = `${host}${parts.join("/")}${end}`;
      expect(ContainerImage.parse(name).name).toBe(name);
    }),
  );
});

test.each<[string, () => unknown, string, string, string]>([
  ["latest", () => ContainerImage.tag("a", "latest"), "docker/image-latest", "tag", "latest is another image tomorrow"],
  ["latest, in one name", () => ContainerImage.parse("a:latest"), "docker/image-latest", "image", "with a tag that names a version"],
  ["no tag", () => ContainerImage.parse("a.example:5000/b"), "docker/image-latest", "image", "a bare name means latest"],
  ["an empty tag", () => ContainerImage.parse("a:"), "docker/image-tag", "tag", "1 to 128 letters"],
  ["a repository in upper case", () => ContainerImage.tag("Shop", "1"), "docker/image-repository", "repository", "in lower case"],
  ["a scheme", () => ContainerImage.tag("https://a/b", "1"), "docker/image-repository", "repository", "without scheme"],
  ["a tag with a slash", () => ContainerImage.tag("a", "1/2"), "docker/image-tag", "tag", "Give the tag alone"],
  ["a short digest", () => ContainerImage.digest("a", "sha256:12"), "docker/image-digest", "digest", "64 hexadecimal digits"],
  ["a digest of another kind", () => ContainerImage.parse(`a@md5:${"a".repeat(64)}`), "docker/image-digest", "digest", "sha256:"],
  ["an empty digest", () => ContainerImage.parse("a:1@"), "docker/image-digest", "digest", "sha256:"],
])("%s is refused", (_what, act, code, prop, part) => {
  expectFault(act, code, prop, part);
}); // prettier-ignore

test("one resource for each name, platform and host; kept when it is destroyed", () => {
  const json = synthesizeStack((stack) => {
    const host = hostOf(stack);
    const other = hostOf(stack, { hostName: "h2", connection: EngineConnection.ssh({ address: "h2" }) });
    const image = ContainerImage.tag("a/b", "1");
    new Container(stack, "c1", { host, image });
    new Container(stack, "c2", { host, image: ContainerImage.tag("a/b", "1") });
    new Container(stack, "c3", { host, image, platform: "linux/arm64" });
    new Container(stack, "c4", { host: other, image });
    // Names that differ in their separator alone are two images.
    new Container(stack, "c5", { host, image: ContainerImage.tag("a-b", "1") });
  });
  const images = Object.values(json.resource?.docker_image ?? {}).map(
    ({ name, platform, provider, keep_locally }) => ({ name, platform, provider, keep_locally }),
  );
  expect(images).toHaveLength(4);
  expect(images).toEqual(
    expect.arrayContaining([
      { name: "a/b:1", platform: undefined, provider: "docker.h1", keep_locally: true },
      { name: "a/b:1", platform: "linux/arm64", provider: "docker.h1", keep_locally: true },
      { name: "a/b:1", platform: undefined, provider: "docker.h2", keep_locally: true },
      { name: "a-b:1", platform: undefined, provider: "docker.h1", keep_locally: true },
    ]),
  );
});

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { BrowserContext, Page } from "playwright-core";
import { renderHtml } from "../../src/render/html";
import type { Review } from "../../src/review/review";
import { NASTY } from "../render/arbitrary-review";
import {
  BLOCKED,
  change,
  CREATES,
  ERROR,
  HOSTILE_REVIEW,
  NO_CHANGES,
  NOTHING,
  review,
  stack,
} from "../render/sample-reviews";
import type { Look } from "./browser";
import { chromiumProgram, withChromium } from "./browser";
import { FLEET } from "./fleet-review";

jest.setTimeout(120_000);

const WIDTHS = [360, 768, 1440] as const;
const SCHEMES = ["light", "dark"] as const;
const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "plan-review-page-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** What a page must never do. */
interface Offences {
  readonly messages: string[];
  readonly requests: string[];
  readonly dialogs: string[];
}

/** Opens a review from a file, and expects in the end that it asked for nothing and complained of nothing. */
async function open<T>(
  context: BrowserContext,
  each: Review,
  use: (page: Page, url: string) => Promise<T>,
  hash = "",
): Promise<T> {
  const file = join(folder, "review.html");
  writeFileSync(file, renderHtml(each));
  const url = pathToFileURL(file).href;
  const page = await context.newPage();
  const offences: Offences = { messages: [], requests: [], dialogs: [] };
  page.on("console", (message) => offences.messages.push(message.text()));
  page.on("pageerror", (error) => offences.messages.push(error.message));
  page.on("request", (request) => {
    const asked = request.url();
    if (asked.split("#")[0] !== url && !asked.startsWith("data:")) offences.requests.push(asked);
  });
  page.on("dialog", (dialog) => {
    offences.dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  await page.goto(url + hash);
  const result = await use(page, url);
  expect(offences).toEqual({ messages: [], requests: [], dialogs: [] });
  await page.close();
  return result;
}

const status = (page: Page): Promise<string | null> => page.locator("#f-status").textContent();

/** The names of the changes that a reader sees. */
async function shown(page: Page): Promise<readonly string[]> {
  const entries = "section.stack:not([hidden]) [data-a]:not([hidden])";
  return page.locator(`${entries} > summary > h4, ${entries} > th > code`).allTextContents();
}

/** Waits until the search has been applied. */
async function search(page: Page, text: string, expected: string): Promise<void> {
  await page.locator("#f-text").fill(text);
  await page.locator("#f-status", { hasText: expected }).waitFor();
}

async function violations(page: Page): Promise<readonly string[]> {
  // axe works from outside: the page's own policy allows no further script within it.
  await page.evaluate(AXE);
  const found: { violations: { id: string; nodes: { target: string[]; failureSummary: string }[] }[] } =
    await page.evaluate(`axe.run(document, { resultTypes: ["violations"] })`);
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary}`),
  );
}

async function overflow(page: Page): Promise<readonly string[]> {
  return page.evaluate(`(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    return [...document.body.querySelectorAll("*")].filter((one) => one.getBoundingClientRect().right > width + 1)
      .map((one) => one.tagName + "." + one.className).slice(0, 5).concat("wider than the window");
  })()`);
}

describe("Chromium", () => {
  it("is found, or what is missing is said", () => {
    expect(chromiumProgram()).toMatch(/chrom/i);
    expect(() => chromiumProgram({ PATH: "/nowhere" })).toThrow(
      /Chromium is missing.*apt-get install chromium.*CHROMIUM/s,
    );
    expect(() => chromiumProgram({ CHROMIUM: "/nowhere/chromium" })).toThrow(
      /CHROMIUM names \/nowhere\/chromium/,
    );
  });
});

describe.each(WIDTHS)("at %d pixels", (width) => {
  it.each(SCHEMES)("has nothing that axe finds wrong, nor runs over, in %s", async (scheme) => {
    const look: Look = { width, scheme };
    await withChromium(look, async (context) => {
      for (const each of [FLEET, BLOCKED, HOSTILE_REVIEW, ERROR, NO_CHANGES, CREATES]) {
        await open(context, each, async (page) => {
          expect(await overflow(page)).toEqual([]);
          expect(await violations(page)).toEqual([]);
          if ((await page.locator("#f-open").count()) === 0) return;
          await page.locator("#f-open").click();
          expect(await page.locator("details.change:not([open])").count()).toBe(0);
          expect(await overflow(page)).toEqual([]);
          expect(await violations(page)).toEqual([]);
        });
      }
    });
  });
});

describe("the checks of these tests", () => {
  it("see what is wrong", async () => {
    await withChromium({ width: 360 }, async (context) => {
      const page = await context.newPage();
      await page.setContent(`<html><title>x</title><img src="data:,"><p style="width:900px">x</p></html>`);
      expect((await violations(page)).join()).toContain("image-alt");
      expect(await overflow(page)).toContain("wider than the window");
    });
  });
});

describe("the filters", () => {
  it("show what is of a stack, an action, a host or a text, and count it", async () => {
    await withChromium({ width: 1440 }, (context) =>
      open(context, FLEET, async (page) => {
        expect(await status(page)).toBe("Showing all 17 entries.");
        expect(await shown(page)).toHaveLength(17);

        await page.locator("#f-stack").selectOption("production-server-2");
        expect(await shown(page)).toEqual([
          "production-server-2/consul-2/consul/Data",
          "production-server-2/consul-2/consul/Container",
          "production-server-2/consul-2/image-consul",
        ]);
        expect(await status(page)).toBe("Showing 3 of 17 entries. Hidden: 6 dangerous ones.");
        expect(await page.locator("section.stack:visible h3").allTextContents()).toEqual([
          "production-server-2",
        ]);

        await page.locator("#f-clear").click();
        expect(await status(page)).toBe("Showing all 17 entries.");

        await page.getByRole("checkbox", { name: "destroy" }).check();
        expect(await shown(page)).toEqual([
          "production-server-2/consul-2/consul/Data",
          "production-fleet/web-9/registrator/Container",
        ]);
        await page.getByRole("checkbox", { name: "move" }).check();
        expect(await shown(page)).toHaveLength(3);
        await page.locator("#f-clear").click();

        await page.locator("#f-host").selectOption("web-1");
        expect(await shown(page)).toEqual([
          "production-fleet/web-1/consul/Container",
          "production-fleet/web-1/bind/Container",
          "production-fleet/web-1/service-shop",
          "production-fleet/web-1/service-shop",
        ]);
        await page.getByRole("checkbox", { name: "drift" }).check();
        expect(await status(page)).toBe("Showing 1 of 17 entries. Hidden: 9 dangerous ones.");
        await page.locator("#f-clear").click();

        await page.getByRole("checkbox", { name: "output" }).check();
        expect(await shown(page)).toEqual(["resolvers", "cross-stack-output-docker_containerweb-1consulid"]);
        await page.locator("#f-clear").click();

        await search(page, "MAX-NCACHE", "Showing 1 of 17 entries.");
        expect(await shown(page)).toEqual(["production-fleet/web-1/bind/Container"]);
        await search(page, "nothing has this", "Showing 0 of 17 entries.");
        expect(await page.locator("section.stack:visible").count()).toBe(0);
        // Policies and the list of what is destroyed are no matter of filters.
        expect(await page.locator(".findings > li:visible").count()).toBe(3);
        expect(await page.locator(".dangers tbody tr:visible").count()).toBe(9);
      }),
    );
  });

  it("say with every choice how many entries it has", async () => {
    await withChromium({ width: 1440 }, (context) =>
      open(context, FLEET, async (page) => {
        const numberOf = async (): Promise<number> =>
          Number(/^Showing (?:all )?(\d+)/.exec((await status(page))!)![1]);
        for (const list of ["#f-stack", "#f-host"]) {
          for (const choice of await page.locator(`${list} option:not([value=""])`).all()) {
            await page.locator(list).selectOption(await choice.getAttribute("value"));
            expect(await numberOf()).toBe(Number(/\((\d+)\)$/.exec((await choice.textContent())!)![1]));
          }
          await page.locator("#f-clear").click();
        }
        for (const chip of await page.locator("fieldset .chip").all()) {
          await chip.locator("input").check();
          expect(await numberOf()).toBe(Number(await chip.locator(".dim").textContent()));
          await chip.locator("input").uncheck();
        }
      }),
    );
  });

  it("are kept in the address, and come back from it", async () => {
    await withChromium({ width: 1440 }, async (context) => {
      const address = await open(context, FLEET, async (page) => {
        await page.locator("#f-stack").selectOption("production-fleet");
        await page.locator("#f-host").selectOption("web-1");
        await page.getByRole("checkbox", { name: "replace" }).check();
        await page.getByRole("checkbox", { name: "update" }).check();
        await search(page, "shop", "Showing 1 of 17");
        await page.waitForFunction(`location.hash.includes("q=shop")`);
        return page.url();
      });
      const hash = new URL(address).hash;
      expect(hash).toBe("#?stack=production-fleet&host=web-1&action=replace%2Cupdate&q=shop");
      await open(
        context,
        FLEET,
        async (page) => {
          expect(await shown(page)).toEqual(["production-fleet/web-1/service-shop"]);
          expect(await page.locator("#f-stack").inputValue()).toBe("production-fleet");
          expect(await page.locator("#f-host").inputValue()).toBe("web-1");
          expect(await page.locator("#f-text").inputValue()).toBe("shop");
          expect(await page.locator("fieldset input:checked").count()).toBe(2);
          await page.evaluate(`location.hash = "#?action=create"`);
          await page.locator("#f-status", { hasText: "Showing 2 of 17" }).waitFor();
        },
        hash,
      );
    });
  });

  it.each(
    [
      "#?stack=%3Cimg%20src%3Dx%20onerror%3Dwindow.__pwned%3D1%3E",
      "#?stack=nobody&host=__proto__&action=constructor,%22%5D,x&q=%E0%A4%A",
      "#?%%%",
      "#<img src=x onerror=window.__pwned=1>",
      "#javascript:window.__pwned=1",
      "#c0-0%22]",
      `#?q=${"x".repeat(20_000)}`,
    ].map((hash) => [hash.slice(0, 50), hash] as const),
  )("take nothing from an address that is not a choice: %s", async (_start, hash) => {
    await withChromium({ width: 768 }, (context) =>
      open(
        context,
        FLEET,
        async (page) => {
          expect(await page.evaluate("window.__pwned")).toBeUndefined();
          expect(await page.locator("#f-stack").inputValue()).toBe("");
          expect(await page.locator("#f-host").inputValue()).toBe("");
          expect(await page.locator("fieldset input:checked").count()).toBe(0);
          expect((await page.locator("#f-text").inputValue()).length).toBeLessThanOrEqual(200);
        },
        hash,
      ),
    );
  });

  it("never keep a link from reaching its change", async () => {
    await withChromium({ width: 1440 }, (context) =>
      open(context, FLEET, async (page) => {
        await page.locator("#f-host").selectOption("web-3");
        const link = page.locator(".dangers a", { hasText: "bind/Container" });
        await link.click();
        const target = page
          .locator("details.change", { hasText: "production-fleet/web-1/bind/Container" })
          .first();
        await target.locator("pre.diff").waitFor({ state: "visible" });
        expect(await status(page)).toBe("Showing all 17 entries.");
        expect(await page.evaluate("document.activeElement.tagName")).toBe("SUMMARY");
      }),
    );
  });
});

describe("the keyboard alone", () => {
  /** Tabs until something has the focus, and gives the number of steps. */
  async function tabTo(page: Page, selector: string, limit = 80): Promise<void> {
    for (let step = 0; step < limit; step += 1) {
      await page.keyboard.press("Tab");
      if ((await page.evaluate(`document.activeElement.matches(${JSON.stringify(selector)})`)) === true)
        return;
    }
    throw new Error(`${selector} is not reached in ${limit} steps`);
  }

  it("skips to the review, filters, opens a change and changes the theme", async () => {
    await withChromium({ width: 1440 }, (context) =>
      open(context, FLEET, async (page) => {
        await page.keyboard.press("Tab");
        expect(await page.evaluate("document.activeElement.textContent")).toBe("Skip to the review");
        expect(await page.locator(".skip").boundingBox()).toMatchObject({ y: 8 });
        await page.keyboard.press("Enter");
        expect(await page.evaluate("document.activeElement.id")).toBe("main");

        await page.keyboard.press("/");
        expect(await page.evaluate("document.activeElement.id")).toBe("f-text");
        await page.keyboard.type("bind/");
        await page.locator("#f-status", { hasText: "Showing 1 of 17" }).waitFor();
        expect(await page.locator("#f-text").inputValue()).toBe("bind/");
        await page.keyboard.press("Escape");
        expect(await status(page)).toBe("Showing all 17 entries.");

        await page.keyboard.press("Tab");
        expect(await page.evaluate("document.activeElement.id")).toBe("f-stack");
        await page.keyboard.type("production-f");
        expect(await status(page)).toContain("Showing 11 of 17");
        await page.keyboard.press("Tab");
        expect(await page.evaluate("document.activeElement.id")).toBe("f-host");
        await page.keyboard.press("Tab");
        await page.keyboard.press("Space");
        expect(await status(page)).toContain("Showing 1 of 17");
        await tabTo(page, "#f-clear");
        await page.keyboard.press("Enter");
        expect(await status(page)).toBe("Showing all 17 entries.");

        await tabTo(page, "details.change > summary");
        const opened = page.locator("details.change[open]");
        const before = await opened.count();
        await page.keyboard.press("Enter");
        expect(await opened.count()).toBe(before + 1);
        expect(await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")).toBe("solid");

        await page.locator(".top h1").click();
        await tabTo(page, "#theme");
        for (const [name, scheme] of [
          ["light", "light"],
          ["dark", "dark"],
          ["system", "light dark"],
        ]) {
          await page.keyboard.press("Enter");
          expect(await page.locator("#theme").textContent()).toBe(`Theme: ${name}`);
          expect(await page.evaluate("getComputedStyle(document.documentElement).colorScheme")).toBe(scheme);
        }
      }),
    );
  });

  it("reaches every control, and the focus is always in sight", async () => {
    await withChromium({ width: 768, height: 800 }, (context) =>
      open(context, FLEET, async (page) => {
        const controls =
          await page.evaluate<number>(`[...document.querySelectorAll("a, button:not(:disabled), input, select, summary")]
          .filter((one) => one.checkVisibility({ contentVisibilityAuto: false })).length`);
        const reached: boolean[] = [];
        for (let step = 0; step < controls; step += 1) {
          await page.keyboard.press("Tab");
          reached.push(
            await page.evaluate<boolean>(`(() => {
              const one = document.activeElement;
              if (one === document.body || one.dataset.reached) return false;
              one.dataset.reached = "1";
              const box = one.getBoundingClientRect();
              const at = document.elementFromPoint(box.left + Math.min(box.width / 2, 40), box.top + Math.min(box.height / 2, 12));
              return at !== null && (one.contains(at) || at.contains(one)) && getComputedStyle(one).outlineStyle !== "none";
            })()`),
          );
        }
        expect(reached).toEqual(reached.map(() => true));
      }),
    );
  });

  it("keeps the key / for those who want it", async () => {
    await withChromium({ width: 768 }, (context) =>
      open(context, FLEET, async (page) => {
        await page.locator("#slash").uncheck();
        await page.locator("#theme").focus();
        await page.keyboard.press("/");
        expect(await page.evaluate("document.activeElement.id")).toBe("theme");
        await page.reload();
        expect(await page.locator("#slash").isChecked()).toBe(false);
      }),
    );
  });
});

describe("hostile texts", () => {
  const PWNED = [
    '<img src=x onerror="window.__pwned=1;alert(1)">',
    "<script>window.__pwned=1;alert(1)</script>",
    "</script><script>window.__pwned=1</script>",
    "</style><script>window.__pwned=1</script>",
    "</title></head><body onload=window.__pwned=1>",
    '" autofocus onfocus=window.__pwned=1 x="',
    "' onmouseover=window.__pwned=1 x='",
    "--><svg onload=window.__pwned=1>",
    "<svg><style><img src=x onerror=window.__pwned=1></style></svg>",
    "<math><mtext></table><img src=x onerror=window.__pwned=1>",
    "<iframe srcdoc='<script>parent.__pwned=1</script>'></iframe>",
    "<base href=https://example.com/><meta http-equiv=refresh content=0;url=https://example.com/>",
    "javascript:window.__pwned=1",
    ...NASTY,
  ];

  it("run nothing, ask for nothing and link nothing", async () => {
    const stacks = PWNED.map((text) =>
      stack(text, {
        environment: text,
        dependsOn: [PWNED[0]!],
        counts: { ...NOTHING, destroy: 1 },
        banners: [{ kind: text, text }],
        changes: [
          change(text, "delete", {
            host: text,
            type: text,
            reason: { code: text, text },
            attributes: [
              {
                path: text,
                before: { kind: "value", text },
                after: { kind: "absent" },
                forcesReplacement: true,
              },
              {
                path: text,
                before: { kind: "absent" },
                after: { kind: "absent" },
                forcesReplacement: false,
                lines: [{ op: "gap", text }],
              },
            ],
          }),
        ],
        byHand: [{ where: text, what: text, got: text }],
      }),
    );
    const findings = PWNED.map((text) => ({
      rule: text,
      level: "error" as const,
      stack: text,
      address: text,
      message: text,
      mend: text,
      help: `javascript:${text}`,
    }));
    const each = review(stacks, { because: PWNED, findings, verdict: "blocked", fingerprint: PWNED[1]! });
    await withChromium({ width: 1440 }, (context) =>
      open(context, each, async (page) => {
        await page.locator("#f-open").click();
        for (const choice of [1, 3, 5, 8]) {
          await page.locator("#f-stack").selectOption({ index: choice });
          expect(await shown(page)).toHaveLength(1);
          const filtered = page.url();
          await page.reload();
          expect(page.url()).toBe(filtered);
          expect(await shown(page)).toHaveLength(1);
        }
        await page.locator("#f-clear").click();
        await page.locator("#f-host").selectOption({ index: 2 });
        await page.mouse.move(700, 500);
        expect(await page.evaluate("window.__pwned")).toBeUndefined();
        expect(await page.locator("a:not([href^='#'])").count()).toBe(0);
        expect(await page.locator("script").count()).toBe(1);
        expect(await page.locator("main img, main iframe, main object, main [style]").count()).toBe(0);
      }),
    );
  });
});

describe("without JavaScript", () => {
  it("the page has everything but the filters, and its links open what they lead to", async () => {
    await withChromium({ width: 1440, javaScript: false }, (context) =>
      open(context, FLEET, async (page, url) => {
        expect(await page.locator("#filters").isVisible()).toBe(false);
        expect(await page.locator("noscript").isVisible()).toBe(true);
        expect(await page.locator("details.change").count()).toBe(15);
        const diff = page.locator("pre.diff");
        expect(await diff.isVisible()).toBe(false);
        const id = await page.locator(".dangers a", { hasText: "bind/Container" }).getAttribute("href");
        await page.goto(url + id!);
        await diff.waitFor({ state: "visible" });
      }),
    );
  });
});

describe("printed", () => {
  it("everything is open, light, and without controls", async () => {
    await withChromium({ width: 1440, scheme: "dark" }, (context) =>
      open(context, FLEET, async (page) => {
        await page.emulateMedia({ media: "print", colorScheme: "dark" });
        await page.evaluate(`dispatchEvent(new Event("beforeprint"))`);
        expect(await page.locator("details.change:not([open])").count()).toBe(0);
        expect(await page.locator("pre.diff").isVisible()).toBe(true);
        expect(await page.locator("#theme, nav, .fields, .buttons").filter({ visible: true }).count()).toBe(
          0,
        );
        expect(await page.locator("#f-status").isVisible()).toBe(true);
        expect(await page.evaluate("getComputedStyle(document.documentElement).colorScheme")).toBe("light");
        await page.evaluate(`dispatchEvent(new Event("afterprint"))`);
        expect(await page.locator("details.change[open]").count()).toBe(2);
      }),
    );
  });
});

describe("a review of ten thousand changes", () => {
  it("opens, filters and finds", async () => {
    const stacks = Array.from({ length: 10 }, (_, at) =>
      stack(`stack-${at}`, {
        counts: { ...NOTHING, change: 1_000 },
        changes: Array.from({ length: 1_000 }, (_each, number) =>
          change(`docker_container.c[${number}]`, "update", {
            name: `stack-${at}/host-${number % 40}/container-${number}`,
            host: `host-${number % 40}`,
            attributes: [
              {
                path: "memory",
                before: { kind: "value", text: "512" },
                after: { kind: "value", text: String(number) },
                forcesReplacement: false,
              },
            ],
          }),
        ),
      }),
    );
    await withChromium({ width: 1440 }, (context) =>
      open(context, review(stacks), async (page) => {
        expect(await status(page)).toBe("Showing all 10,000 entries.");
        await page.locator("#f-stack").selectOption("stack-3");
        expect(await status(page)).toBe("Showing 1,000 of 10,000 entries.");
        await page.locator("#f-host").selectOption("host-7");
        expect(await status(page)).toBe("Showing 25 of 10,000 entries.");
        await search(page, "container-47", "Showing 1 of 10,000 entries.");
        expect(await shown(page)).toEqual(["stack-3/host-7/container-47"]);
      }),
    );
  });
});

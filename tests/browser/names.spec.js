/** What a pack names, and what is kept of it: run here, without a page. */
import { expect, test } from "@playwright/test";
import { Kept } from "../../pkg/kept.js";
import { Machines } from "../../pkg/theory.js";
import { unzip, zip } from "../../pkg/zip.js";

const { signal } = new AbortController();

/** What every object has, and what a pack may call its prompts and files. */
const NAMES = ["constructor", "__proto__"];

/**
 * The machines of a pack with one prompt.
 * @param {[name: string, entry: { file: string, count: number, bytes: number }][]} training
 */
function machines(training) {
  const core = /** @type {any} */ ({ keptLimit: () => 0 });
  const info = { image: { channels: 1, height: 1, width: 1 }, training: Object.fromEntries(training) };
  return new Machines("memory://pack/", /** @type {any} */ ({ core, info, files: {}, list: [] }), "default", core, /** @type {any} */ ({}));
}

for (const name of NAMES) {
  test(`a prompt called ${name} is a prompt, and none where the pack has no images of it`, async () => {
    await expect(machines([]).training(name, signal)).rejects.toMatchObject({ code: "machine-unavailable", message: expect.stringContaining(`of “${name}”`) });
    const there = machines([[name, { file: "it", count: 1, bytes: 1 }]]);
    /** @type {string[]} */
    const asked = [];
    there.shelf = async (shelf) => (asked.push(shelf), { bytes: new Uint8Array([7]) });
    expect(there.has(name)).toBe(false);
    expect([...(await there.training(name, signal))]).toEqual([7]);
    expect([asked, there.has(name)]).toEqual([[name], true]);
  });

  test(`a file called ${name} comes out of an archive like any other`, async () => {
    const archive = zip([["manifest.json", new Uint8Array([1])], [name, new Uint8Array([2, 3])]]);
    expect(Object.entries(await unzip(archive)).map(([file, bytes]) => [file, ...bytes])).toEqual([["manifest.json", 1], [name, 2, 3]]);
    const twice = zip([["manifest.json", new Uint8Array([1])], [name, new Uint8Array([2])], [name, new Uint8Array([3])]]);
    await expect(unzip(twice)).rejects.toMatchObject({ code: "pack-zip", message: expect.stringContaining("comes twice") });
  });
}

test("what was used longest ago is let go where the limit is passed, and fetched again when it is wanted", async () => {
  /** @type {Kept<{ bytes: Uint8Array }>} */
  const kept = new Kept(10);
  /** @type {string[]} */
  const fetched = [];
  const want = (/** @type {string} */ name, /** @type {number} */ size) =>
    kept.get(name, async () => (fetched.push(name), { bytes: new Uint8Array(size) }), signal);
  const here = () => ["a", "b", "c", "d"].filter((name) => kept.here(name)).join("");
  await want("a", 5);
  await want("b", 5);
  await want("c", 5);
  // The last one comes on top of the limit.
  expect(here()).toBe("abc");
  await want("a", 5);
  await want("d", 1);
  expect(here()).toBe("acd");
  // Larger than everything that may be kept, and here all the same while it is the last.
  await want("b", 100);
  expect([here(), kept.held.size]).toEqual(["abd", 3]);
  await want("d", 1);
  expect(here()).toBe("d");
  expect(fetched).toEqual(["a", "b", "c", "d", "b"]);
});

test("what is on its way is neither counted nor let go", async () => {
  const kept = new Kept(0);
  /** @type {(found: { bytes: Uint8Array }) => void} */
  let arrive = () => {};
  const slow = kept.get("slow", () => new Promise((resolve) => (arrive = resolve)), signal);
  await kept.get("quick", async () => ({ bytes: new Uint8Array(9) }), signal);
  expect(kept.held.size).toBe(2);
  arrive({ bytes: new Uint8Array(1) });
  expect((await slow).bytes.length).toBe(1);
  expect([kept.here("slow")?.bytes.length, kept.here("quick")]).toEqual([1, undefined]);
});

/** Packs made of one's own pictures: what the machines draw from them, the zip file, the element, and the essay's figure. */
import { readFileSync } from "node:fs";
import { crc32, deflateRawSync } from "node:zlib";
import { expect, test } from "@playwright/test";

/**
 * Makes a pack of random pictures on a blank page and draws from it.
 * @param {import("@playwright/test").Page} page
 * @param {{ samples: object[], channels?: 1 | 3, zip?: string }} wish `zip` (base64) is loaded instead
 */
async function fromPictures(page, { samples, channels = 3, zip }) {
  await page.goto("/tests/blank.html");
  return page.evaluate(
    async ({ samples, channels, zip }) => {
      const here = (/** @type {string} */ address) => new URL(address, location.href).href;
      /** @type {typeof import("../../pkg/morphogen.js")} */
      const { loadModel, picturesPack } = await import(here("../pkg/morphogen.js"));
      let state = 7;
      const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
      const images = Array.from({ length: 5 }, () => {
        const image = new ImageData(12, 10);
        image.data.forEach((_, i) => (image.data[i] = i % 4 === 3 ? 255 : 255 * random()));
        return image;
      });
      try {
        const pack = zip ? new Blob([Uint8Array.from(atob(zip), (letter) => letter.charCodeAt(0))]) : await picturesPack({ images, channels });
        const model = await loadModel(pack, { device: "cpu" });
        const training = await model.training("pictures");
        const drawn = [];
        for (const wish of samples) {
          const { pixels, provenance, nearest } = await model.sample({ seed: 3, steps: 20, ...wish });
          const { image, place, weight } = provenance ?? { image: [], place: [], weight: [] };
          drawn.push({ pixels: [...pixels], image: [...image], place: [...place], weight: [...weight], nearest });
        }
        model.close();
        const bytes = new Uint8Array(await pack.arrayBuffer());
        return { code: "", message: "", drawn, training: [...training.data], base64: btoa(bytes.reduce((text, byte) => text + String.fromCharCode(byte), "")) };
      } catch (thrown) {
        const { code, message } = /** @type {import("../../pkg/morphogen.js").MorphogenError} */ (thrown);
        return { code, message, drawn: [], training: [], base64: "" };
      }
    },
    { samples, channels, zip },
  );
}

/** Files out of a zip whose entries are stored, by name. @param {Buffer} zip */
function stored(zip) {
  /** @type {Record<string, Buffer>} */
  const files = {};
  for (let at = 0; zip.readUInt32LE(at) === 0x04034b50; ) {
    const [length, letters] = [zip.readUInt32LE(at + 18), zip.readUInt16LE(at + 26)];
    files[zip.toString("utf8", at + 30, at + 30 + letters)] = zip.subarray(at + 30 + letters, at + 30 + letters + length);
    at += 30 + letters + length;
  }
  return files;
}

/** The same files as others zip them: deflated. @param {Record<string, Buffer>} files */
function deflated(files) {
  const parts = [];
  const index = [];
  let at = 0;
  for (const [name, content] of Object.entries(files)) {
    const packed = deflateRawSync(content);
    const about = Buffer.alloc(26);
    about.writeUInt16LE(20, 0);
    about.writeUInt16LE(8, 4);
    about.writeUInt32LE(crc32(content), 10);
    about.writeUInt32LE(packed.length, 14);
    about.writeUInt32LE(content.length, 18);
    about.writeUInt16LE(name.length, 22);
    const central = Buffer.alloc(14);
    central.writeUInt32LE(at, 10);
    parts.push(Buffer.from("PK\x03\x04", "latin1"), about, Buffer.from(name), packed);
    index.push(Buffer.from("PK\x01\x02\x14\x00", "latin1"), about, central, Buffer.from(name));
    at += 30 + name.length + packed.length;
  }
  const directory = Buffer.concat(index);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(Object.keys(files).length, 8);
  end.writeUInt16LE(Object.keys(files).length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, directory, end]);
}

test("with a small window samples are mosaics of the given pictures, with the whole window copies", async ({ page }) => {
  const mosaics = ["bbels", "els", "local"].map((machine) => ({ machine, window: 3 }));
  const copies = [{ machine: "bbels", window: 23 }, { machine: "local", window: 23 }, { machine: "ideal" }];
  const { message, drawn, training } = await fromPictures(page, { samples: [...mosaics, ...copies] });
  expect(message).toBe("");
  const [area, channels, count] = [120, 3, 5];
  const value = (/** @type {number} */ n, /** @type {number} */ c, /** @type {number} */ q) => training[(n * channels + c) * area + q] / 127.5 - 1;
  drawn.forEach(({ pixels, image, place, weight, nearest }, n) => {
    const what = JSON.stringify([...mosaics, ...copies][n]);
    expect(Math.max(...image), what).toBeLessThan(count);
    expect(Math.max(...place), what).toBeLessThan(area);
    const sure = image.map((_, q) => q).filter((q) => weight[q] > 0.95);
    expect(sure.length, `${what}: pixels that owe nearly all to one patch`).toBeGreaterThan(0.8 * area);
    for (const q of sure) {
      // What the other patches still have is at most a twentieth of the way from black to white.
      for (let c = 0; c < channels; c += 1) expect(Math.abs(pixels[c * area + q] - value(image[q], c, place[q])), `${what}, pixel ${q}`).toBeLessThan(0.11);
    }
    const sources = new Set(image).size;
    if (n < mosaics.length) expect(sources, what).toBeGreaterThan(1);
    else expect([sources, nearest?.[0].copied], what).toEqual([1, true]);
  });
});

test("a saved pack draws the same when it is loaded again, also zipped by others", async ({ page }) => {
  const samples = [{ machine: "bbels", window: 5 }, { machine: "wiener" }];
  const first = await fromPictures(page, { samples, channels: 1 });
  const again = await fromPictures(page, { samples, zip: first.base64 });
  expect(again).toEqual(first);
  const files = stored(Buffer.from(first.base64, "base64"));
  expect(Object.keys(files)).toEqual(["my-pictures/manifest.json", "my-pictures/training/pictures.safetensors.zz", "my-pictures/README.md"]);
  // In another folder, with what some systems add.
  const others = Object.entries(files).map(([name, content]) => [`desktop/${name}`, content]);
  const zip = deflated({ "desktop/": Buffer.alloc(0), "desktop/my-pictures/.DS_Store": Buffer.from("?"), ...Object.fromEntries(others) }).toString("base64");
  expect((await fromPictures(page, { samples, zip })).drawn).toEqual(first.drawn);
});

test("a broken zip is refused in a sentence", async ({ page }) => {
  const samples = [{ machine: "wiener" }];
  const { base64 } = await fromPictures(page, { samples });
  const zip = Buffer.from(base64, "base64");
  const files = stored(zip);
  const [manifest, training] = Object.keys(files);
  const flipped = Buffer.from(zip);
  flipped[zip.indexOf(files[training]) + 40] ^= 1;
  const changed = Buffer.from(files[training]);
  changed[40] ^= 1;
  const bomb = deflated(files);
  bomb.writeUInt32LE(0x7fffffff, bomb.indexOf("PK\x01\x02", 0, "latin1") + 24);
  /** @type {[Buffer, string, RegExp][]} */
  const broken = [
    [Buffer.from("no zip at all, but long enough to have an end"), "pack-zip", /no end that a zip/],
    [zip.subarray(0, zip.length - 60), "pack-zip", /cut off/],
    [flipped, "pack-zip", /damaged/],
    [bomb, "pack-zip", /more than/],
    [deflated({ "read-me.txt": Buffer.from("hello") }), "pack-zip", /no manifest\.json/],
    [deflated({ [manifest]: files[manifest], [training]: changed }), "pack-tampered", /expected SHA-256/],
    [deflated({ [manifest]: Buffer.from("{") }), "pack-manifest", /manifest/],
  ];
  for (const [bytes, code, words] of broken) {
    const found = await fromPictures(page, { samples, zip: bytes.toString("base64") });
    expect(found.code, found.message).toBe(code);
    expect(found.message).toMatch(words);
  }
  expect(await fromPictures(page, { samples: [{ machine: "network" }], zip: base64 })).toMatchObject({ code: "machine-unavailable", message: expect.stringContaining("no network") });
  expect(await fromPictures(page, { samples: [{ machine: "bbels" }], zip: base64 })).toMatchObject({ code: "machine-unavailable", message: expect.stringContaining("window") });
});

test("the element draws from an unpacked folder, without a prompt", async ({ page }) => {
  const { base64 } = await fromPictures(page, { samples: [] });
  const files = stored(Buffer.from(base64, "base64"));
  await page.context().route("**/my-pictures/**", (route) => {
    const name = new URL(route.request().url()).pathname.replace(/^.*\/my-pictures/, "my-pictures");
    return route.fulfill({ body: files[name], contentType: name.endsWith(".json") ? "application/json" : "application/octet-stream" });
  });
  await page.goto("/tests/blank.html");
  const status = await page.evaluate(async () => {
    await import(new URL("../pkg/morphogen.js", location.href).href);
    document.body.innerHTML = '<morphogen-sampler model="/my-pictures/" machine="bbels" window="5" device="cpu" controls></morphogen-sampler>';
    const element = /** @type {import("../../pkg/morphogen.js").MorphogenSampler} */ (document.body.firstElementChild);
    const sample = await element.draw();
    return [sample.label, sample.width, sample.height, sample.network];
  });
  expect(status).toEqual(["My pictures", 12, 10, ""]);
});

test("in the figure: one's own pictures are drawn from at once, stay here, and are the same after saving and opening", async ({ page }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.goto("/essay/?device=cpu#pictures?side=16&window=5");
  const figure = page.locator("#pictures-figure");
  const status = figure.locator(".status");
  await figure.scrollIntoViewIfNeeded();
  // What was said of the drawings before stands there until the next begin.
  const done = async () => {
    await expect(figure).toHaveAttribute("aria-busy", "false");
    await expect(status).toHaveText(/a copy|are copies/);
  };
  await done();
  /** @type {string[]} */
  const requests = [];
  page.on("request", (request) => requests.push(`${request.method()} ${request.url()} ${request.postData() ?? ""}`));
  const png = (/** @type {number} */ hue, /** @type {number} */ side) =>
    page.evaluate(
      ([hue, side]) => {
        const canvas = document.createElement("canvas");
        canvas.width = canvas.height = side;
        const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
        for (let i = 0; i < 40; i += 1) {
          context.fillStyle = `hsl(${hue + 7 * i} 70% ${(i * 37) % 100}%)`;
          context.fillRect((i * 29) % side, (i * 53) % side, side / 5, side / 7);
        }
        return canvas.toDataURL().split(",")[1];
      },
      [hue, side],
    );
  const file = async (/** @type {number} */ hue, side = 16) => ({ name: `${hue}.png`, mimeType: "image/png", buffer: Buffer.from(await png(hue, side), "base64") });
  const input = figure.locator("input[type=file]").first();
  const drawn = () => figure.locator(".samples canvas").evaluateAll((list) => list.map((canvas) => /** @type {HTMLCanvasElement} */ (canvas).toDataURL()));

  await input.setInputFiles(await Promise.all([0, 120, 240].map((hue) => file(hue))));
  await expect(figure.getByText("3 pictures of 16 × 16 pixels")).toBeVisible();
  await done();
  const before = await drawn();
  const downloading = page.waitForEvent("download");
  await figure.getByRole("button", { name: "Save as a pack" }).click();
  const saved = readFileSync(await (await downloading).path());

  await input.setInputFiles(await file(60, 96));
  await expect(figure.getByText(/1\d\d pictures of 16 × 16 pixels/)).toBeVisible();
  await input.setInputFiles({ name: "again.zip", mimeType: "application/zip", buffer: saved });
  await expect(figure.getByText("3 pictures of 16 × 16 pixels")).toBeVisible();
  await figure.getByText("the same place").click();
  await done();
  expect(await drawn()).toEqual(before);

  await input.setInputFiles({ name: "broken.zip", mimeType: "application/zip", buffer: saved.subarray(0, 200) });
  await expect(status).toContainText("This is no zip file of a pack");
  // Helpers may fetch the package's code once more; nothing else goes out, and nothing that could carry a picture.
  const code = /^GET (blob:\S*|data:\S*|http:\/\/localhost:\d+\/(pkg\/[\w/-]+\.(js|wasm)|icon\.svg)) $/;
  expect(requests.filter((request) => !code.test(request))).toEqual([]);
});

test("a picture is drawn pixel by pixel, by keyboard, and begins a set", async ({ page }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.goto("/essay/?device=cpu#pictures?side=16");
  const figure = page.locator("#pictures-figure");
  await figure.getByRole("button", { name: "Draw one" }).click();
  await figure.getByRole("button", { name: "Red" }).click();
  await figure.locator(".editor canvas").first().focus();
  for (const key of ["Space", "ArrowRight", "Space", "ArrowDown", "Space"]) await page.keyboard.press(key);
  await figure.getByRole("button", { name: "Add it to the set" }).click();
  await expect(figure.getByText("One picture of 16 × 16 pixels")).toBeVisible();
  await expect(figure.locator(".status")).toContainText("All 8 are copies");
});

test("whatever a title is made of, the pack that is written can be opened", async ({ page }) => {
  await page.goto("/tests/blank.html");
  const seen = await page.evaluate(async () => {
    const { loadModel, picturesPack } = await import(new URL("../pkg/morphogen.js", location.href).href);
    const images = [new ImageData(8, 8)];
    const labels = [];
    // Cut at sixty units the second would end in half a letter, the third in half a family; the fourth has 80 bytes in 40 letters.
    for (const title of ["", `${"a".repeat(59)}😀`, `${"a".repeat(45)}👨‍👩‍👧‍👦!`, "ж".repeat(40), "\ud83d", "a\u0000b\n\tc", " \u0085 ", "x".repeat(5000), undefined, null, 7]) {
      const pack = await picturesPack({ images, title, licence: "", attribution: "\n" });
      const { info } = await loadModel(pack, { device: "cpu" });
      labels.push(info.prompts[0].label);
    }
    const refuse = (/** @type {any} */ options) => picturesPack(options).catch((/** @type {any} */ { code }) => code);
    return { labels, refused: [await refuse({ images: [null] }), await refuse({ images: [{ width: 8, height: 8, data: [] }] }), await refuse({ images: {} })] };
  });
  expect(seen.labels).toEqual(["My pictures", `${"a".repeat(59)}😀`, "a".repeat(45), "ж".repeat(32), "\ufffd", "a b c", "My pictures", "x".repeat(64), "My pictures", "My pictures", "7"]);
  expect(seen.refused).toEqual(["range", "range", "range"]);
});

/**
 * A photograph as a file.
 * @param {import("@playwright/test").Page} page
 * @param {number} hue
 * @param {number} width
 * @param {number} height
 */
async function photo(page, hue, width, height) {
  const data = await page.evaluate(
    ([hue, width, height]) => {
      const canvas = Object.assign(document.createElement("canvas"), { width, height });
      const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
      context.fillStyle = `hsl(${hue} 70% 50%)`;
      context.fillRect(0, 0, width, height);
      return canvas.toDataURL("image/jpeg").split(",")[1];
    },
    [hue, width, height],
  );
  return { name: `${hue}.jpg`, mimeType: "image/jpeg", buffer: Buffer.from(data, "base64") };
}

test("photographs are opened one by one and made small at once, with whatever lies beside them, and what is left out is counted", async ({ page }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.addInitScript(() => {
    const made = createImageBitmap;
    const seen = { most: 0, largest: 0 };
    let open = 0;
    globalThis.createImageBitmap = /** @type {any} */ (async (/** @type {any[]} */ ...all) => {
      seen.most = Math.max(seen.most, (open += 1));
      const bitmap = await /** @type {any} */ (made)(...all);
      seen.largest = Math.max(seen.largest, bitmap.width, bitmap.height);
      open -= 1;
      return bitmap;
    });
    Object.assign(globalThis, { seen });
  });
  await page.goto("/essay/?device=cpu#pictures?side=16&window=5");
  const figure = page.locator("#pictures-figure");
  await figure.scrollIntoViewIfNeeded();
  const input = figure.locator("input[type=file]").first();
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"><rect width="40" height="30" fill="teal"/></svg>';
  const others = [
    { name: "read-me.txt", mimeType: "text/plain", buffer: Buffer.from("hello") },
    { name: "broken.png", mimeType: "image/png", buffer: Buffer.from("no picture") },
    { name: "stray.zip", mimeType: "application/zip", buffer: Buffer.from("PK, and no pack") },
    { name: "drawing.svg", mimeType: "image/svg+xml", buffer: Buffer.from(svg) },
  ];
  const photos = [];
  for (let hue = 0; hue < 8; hue += 1) photos.push(await photo(page, 40 * hue, 1600, 1200));
  await input.setInputFiles([...others, ...photos]);
  await expect(figure.getByText(/^9 pictures of 16 × 16 pixels.* 3 files are left out/)).toBeVisible();
  expect(await page.evaluate("seen")).toEqual({ most: 1, largest: 64 });
  // Another choice takes what was said of this one along.
  await figure.getByText("Houses").click();
  await expect(figure.getByText("left out")).toBeHidden();
});

test("six hundred pictures are found among more files, and the choice that came last wins", async ({ page }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.goto("/essay/?device=cpu#pictures?side=16&window=3");
  const figure = page.locator("#pictures-figure");
  await figure.scrollIntoViewIfNeeded();
  const input = figure.locator("input[type=file]").first();
  const { buffer } = await photo(page, 10, 20, 20);
  const many = Array.from({ length: 1250 }, (_, n) => ({ name: `${n}.${n % 2 ? "jpg" : "txt"}`, mimeType: n % 2 ? "image/jpeg" : "text/plain", buffer: n % 2 ? buffer : Buffer.from("no") }));
  await input.setInputFiles(many);
  await expect(figure.getByText(/^600 pictures.* 600 files are left out.* There are more/)).toBeVisible({ timeout: 120_000 });
  await input.setInputFiles(many.slice(0, 700));
  await expect(figure.locator(".status")).toContainText("Opening");
  await input.setInputFiles([many[1], many[3]]);
  await expect(figure.getByText(/^2 pictures of/)).toBeVisible();
  await expect(figure).toHaveAttribute("aria-busy", "false");
  await expect(figure.getByText(/^2 pictures of/)).toBeVisible();
});

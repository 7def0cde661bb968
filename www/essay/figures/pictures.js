/**
 * Your own pictures: the machine of the theory, made of whatever the reader draws or drops, at once. The reader moves the
 * window from collage to copy, sees where each picture comes from, and takes the whole away as a pack.
 */
import { el, picture } from "../parts.js";
import { walk } from "../walk.js";
import { desk, offered } from "./pictures-desk.js";
import { MOST, opened, packed, resized, takeDrops } from "./pictures-source.js";
import { starters } from "./pictures-starters.js";

/** @typedef {import("../figure.js").Host} Host */
/** @typedef {import("../../pkg/morphogen.js").Model} Model */
/** @typedef {import("../../pkg/morphogen.js").Sample} Sample */

const STEPS = 16;
/** Pictures drawn from one set, and where each takes its time. */
const SAMPLES = 8;
const FEW = 3;
/** Pictures of the set that are shown. */
const SHOWN = 48;
/** Windows; the last that fits sees everything from everywhere. */
const WINDOWS = [1, 3, 5, 7, 9, 11, 13, 17, 21, 25, 31, 47, 63, 95, 127];
/** Pairs of pixels in a step from which on a picture takes its time. */
const LONG = 2e7;

export default {
  name: "pictures",
  defaults: { set: "faces", machine: "local", window: 7, side: 24, colour: true, seed: 1 },
  /** @param {Host} host */
  mount(host) {
    const { state } = host;
    if (!offered(state.side)) state.side = 24;
    if (state.set !== "houses") state.set = "faces";
    if (state.machine !== "bbels") state.machine = "local";
    const pictures = new Pictures(host);
    pictures.desk.draw.clear();
    // The set hangs before there is a machine of it, so that nothing is moved when that comes.
    if (state.colour) {
      pictures.images = pictures.make(Number(state.side));
      pictures.hang();
    }
    pictures.take(pictures.make);
  },
};

/** The first prompt of a pack that has training images. @param {Model} model */
const prompted = ({ info }) => info.prompts.find(({ name }) => Object.hasOwn(info.training, name))?.name;

/** Pictures of the set that a sample is made of. @param {Sample} sample */
const sources = (sample) => new Set(sample.provenance?.image).size;

/** The figure. */
class Pictures {
  /** The set as the machine has it. @type {ImageData[]} */
  images = [];
  /** Whether the set is the reader's. */
  own = false;
  /** @type {Model | undefined} */
  model;
  /** The pack behind it. @type {Blob | undefined} */
  pack;
  /** Fetches again what is on its way, where something is. @type {(() => Promise<void>) | undefined} */
  coming;
  /** @type {(Sample | undefined)[]} */
  samples = [];
  chosen = 0;
  /** What was left out of the set. */
  aside = "";
  /** How many are drawn. */
  count = SAMPLES;

  /** @param {Host} host */
  constructor(host) {
    this.host = host;
    const { state } = host;
    /** The set at any size. @type {(side: number) => ImageData[]} */
    this.make = (side) => resized(starters(String(state.set)), side);
    const again = (/** @type {Record<string, string | number | boolean>} */ change) => (host.remember(change), void this.redraw());
    this.desk = desk(
      host,
      {
        set: (set) => (host.remember({ set }), this.take((side) => resized(starters(set), side))),
        files: (files) => void this.open(files),
        drawn: (image) => this.add(image),
        side: (side) => (host.remember({ side }), this.desk.draw.clear(), this.take(this.make, this.own)),
        colour: (colour) => (host.remember({ colour }), this.take(this.make, this.own)),
        window: (i) => again({ window: this.windows[i] }),
        sees: (i) => this.sees(i),
        from: (machine) => again({ machine }),
        look: (n) => this.look(n),
        another: () => again({ seed: Number(state.seed) + SAMPLES }),
        save: () => void this.save(),
        embed: () => void this.embed(),
      },
      { windows: this.windows.length, window: this.nearest, samples: SAMPLES },
    );
    takeDrops(host.element, this.desk.drop, (files) => void this.open(files));
  }

  /** The windows that there are at this size. */
  get windows() {
    const most = 2 * Number(this.host.state.side) - 1;
    return [...WINDOWS.filter((window) => window < most), most];
  }

  /** The place of the window that is nearest to the one asked for. */
  get nearest() {
    const { windows } = this;
    const found = windows.findIndex((window) => window >= Number(this.host.state.window));
    return found < 0 ? windows.length - 1 : found;
  }

  /** What a pixel sees, in words. @param {number} i */
  sees(i) {
    const { host, windows } = this;
    return i >= windows.length - 1 ? host.t("everything") : host.t("sees", { k: windows[Math.max(i, 0)] });
  }

  /** The name of the pack's folder. */
  get name() {
    return this.own ? "my-pictures" : String(this.host.state.set);
  }

  // The set

  /** Takes another set, or the same at another size. @param {(side: number) => ImageData[]} from */
  take(from, mine = false, said = "") {
    const { host, desk } = this;
    Object.assign(this, { make: from, own: mine, aside: said });
    if (mine) desk.set.set("");
    void this.begin(() => {
      const { state } = host;
      const title = mine ? host.t("title") : host.t(String(state.set));
      return host.package.picturesPack({ images: from(Number(state.side)).slice(0, MOST), channels: state.colour ? 3 : 1, title, name: this.name, window: Number(state.window) });
    });
  }

  /** Adds a picture to the reader's own. @param {ImageData} image */
  add(image) {
    const before = this.own ? this.make : () => [];
    this.take((side) => [...before(side), ...resized([image], side)], true);
    this.desk.draw.clear();
  }

  /** Makes a machine of a pack, and draws. Where the pack is refused, all stays as it was. @param {() => Promise<Blob>} source */
  async begin(source, adopt = () => {}) {
    const { host, desk } = this;
    const mine = (this.coming = () => this.begin(source, adopt));
    await host.run(async (signal) => {
      const pack = await source();
      const model = await host.package.loadModel(pack, { device: host.world.device, signal });
      const images = await this.shown(model, signal);
      this.model?.close();
      Object.assign(this, { model, images, pack, coming: undefined });
      adopt();
      const { width, height, channels } = model.info.image;
      host.state.side = Math.max(width, height);
      desk.sizes.set(String(width === height ? width : ""));
      desk.colour.input.checked = channels === 3;
      desk.control.input.max = String(this.windows.length - 1);
      desk.control.set(this.nearest);
      this.hang();
      await this.drawAll(signal);
    });
    if (this.coming === mine) this.coming = undefined;
  }

  /** The training images of a model, as they are shown. @param {Model} of @param {AbortSignal} signal */
  async shown(of, signal) {
    const prompt = prompted(of);
    if (prompt === undefined) throw new Error(this.host.t("noImages"));
    const found = await of.training(prompt, signal);
    return Array.from({ length: found.count }, (_, n) => found.toImageData(n));
  }

  /** Hangs the set up; a picture that is touched is taken away. */
  hang() {
    const { host, desk, images, aside } = this;
    /** What is left of them when some were touched one soon after the other. */
    const kept = new Set(images);
    desk.wall.replaceChildren(
      ...images.slice(0, SHOWN).map((image, n) => {
        const tile = picture({ label: host.t("picture", { number: n + 1 }), size: 48 });
        tile.put(image);
        const press = el("button", { type: "button", title: host.t("remove", { number: n + 1 }), ariaLabel: host.t("remove", { number: n + 1 }) }, tile.canvas);
        press.addEventListener("click", () => {
          if (kept.size === 1) return host.say(host.t("last"));
          kept.delete(image);
          press.disabled = true;
          const rest = [...kept];
          this.take((side) => resized(rest, side), true);
        });
        return press;
      }),
    );
    const { width, height } = images[0];
    desk.size.textContent = host.t("count", { n: images.length, width, height, more: Math.max(0, images.length - SHOWN) }) + (images.length > SHOWN ? ` ${host.t("shown", { shown: SHOWN })}` : "") + (aside && ` ${aside}`);
  }

  /** Opens files: pictures, a photograph, or a pack. Whatever is chosen meanwhile wins. @param {Promise<File[]>} chosen */
  async open(chosen) {
    const { host, desk } = this;
    const mine = (this.coming = () => this.open(chosen));
    const found = await host.run(async (signal) => {
      const files = await chosen;
      signal.throwIfAborted();
      host.say(host.t("opening"));
      return { files, source: await opened(files, Number(host.state.side), signal) };
    });
    if (this.coming === mine) this.coming = undefined;
    if (!found || found.files.length === 0) return;
    const { source, files } = found;
    const zip = files.find(packed);
    if (!source) return zip ? this.begin(async () => zip, () => this.adopt()) : host.say(host.t("nothing"));
    if (source.cut) {
      // Tiles share no places: pieces of them may go anywhere.
      desk.from.set("bbels");
      host.remember({ machine: "bbels" });
    }
    const said = [source.left > 0 && host.t("left", { n: source.left }), source.more && host.t("most", { most: MOST })];
    this.take(source.draw, true, said.filter(Boolean).join(" "));
  }

  /** Takes the pictures of a pack that was opened for the reader's own. */
  adopt() {
    const { images } = this;
    Object.assign(this, { own: true, aside: "", make: (/** @type {number} */ side) => resized(images, side) });
    this.desk.set.set("");
  }

  // What is drawn from it

  /** Draws again, as soon as what is on its way is there. */
  async redraw() {
    if (this.coming) return this.coming();
    if (!this.model) return this.take(this.make, this.own);
    await this.host.run((signal) => this.drawAll(signal));
  }

  /** @param {AbortSignal} signal */
  async drawAll(signal) {
    const { host, desk, images } = this;
    const { tiles } = desk;
    const drawer = /** @type {Model} */ (this.model);
    /** @type {(Sample | undefined)[]} */
    const samples = (this.samples = []);
    for (const { tile } of tiles) tile.clear();
    for (const one of [desk.large, desk.mosaic, desk.close]) one.clear();
    const machine = /** @type {"local" | "bbels"} */ (host.state.machine);
    const area = images[0].width * images[0].height;
    const slow = machine === "bbels" && area * area * images.length > LONG;
    this.count = slow ? FEW : SAMPLES;
    this.chosen = Math.min(this.chosen, this.count - 1);
    tiles.forEach(({ press }, n) => (press.hidden = n >= this.count));
    host.say(host.t(slow ? "slow" : "drawing"));
    for (let n = 0; n < this.count; n += 1) {
      await host.whenSeen(signal);
      const onStep = host.still ? undefined : (/** @type {import("../../pkg/morphogen.js").Frame} */ frame) => signal.aborted || tiles[n].tile.put(frame.toImageData(0, 1, frame.step ? "denoised" : "x"));
      const sample = await drawer.sample({ prompt: prompted(drawer), machine, window: this.windows[this.nearest], seed: Number(host.state.seed) + n, ...walk(STEPS), signal, onStep });
      samples[n] = sample;
      tiles[n].tile.put(sample.toImageData(), host.t("sample", { n: n + 1 }));
      if (n === 0 || n === this.chosen) this.look(n);
    }
    this.tell();
  }

  /** Shows one of what was drawn from near by. @param {number} n */
  look(n) {
    const { host, desk, images, samples } = this;
    this.chosen = n;
    desk.tiles.forEach(({ press }, i) => press.setAttribute("aria-pressed", String(i === n)));
    const sample = samples[n];
    const found = sample?.nearest?.[0];
    if (!sample || !found) return;
    desk.large.put(sample.toImageData(), host.t("sample", { n: n + 1 }));
    if (sample.provenance) desk.mosaic.put(sample.provenance.toImageData(0, 1, sample.pixels), host.t("pieces", { n: sources(sample) }));
    desk.close.put(images[found.image], host.t("picture", { number: found.image + 1 }));
    const { width, height, channels } = sample;
    // Root mean square over pixels, of the whole way from black to white.
    const apart = found.distance / Math.sqrt(width * height * channels) / 2;
    desk.closeWords.textContent = host.t(found.copied ? "copyOf" : "nearestOf", { number: found.image + 1, percent: Math.round(100 * apart) });
    if (samples.filter(Boolean).length === this.count) this.tell();
  }

  tell() {
    const { host } = this;
    const done = this.samples.filter((sample) => sample !== undefined);
    const copies = done.filter((sample) => sample.nearest?.[0].copied).length;
    const made = done.map(sources).sort((a, b) => a - b);
    const verdict = copies === done.length ? "allCopies" : copies > 0 ? "someCopies" : "noCopies";
    host.say(host.t(verdict, { drawn: done.length, copies, middle: made[made.length >> 1] ?? 0, window: this.sees(this.nearest) }));
  }

  // What is taken away

  async save() {
    const { host, pack, name } = this;
    if (!pack) return;
    const address = URL.createObjectURL(pack);
    el("a", { href: address, download: `${name}.zip` }).click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
    host.say(host.t("saved", { file: `${name}.zip` }));
  }

  async embed() {
    const { host, name } = this;
    const { code } = this.desk;
    const { machine, window } = host.state;
    code.hidden = false;
    code.value = `<script type="module" src="pkg/morphogen.js"></script>\n<morphogen-sampler model="${name}/" machine="${machine}" window="${window}" controls></morphogen-sampler>`;
    code.select();
    const copied = await navigator.clipboard?.writeText(code.value).then(() => true, () => false);
    host.say(host.t(copied ? "copiedCode" : "selectedCode"));
  }
}

/**
 * Your own pictures: the machine of the theory, made of whatever the reader draws or drops, at once. The reader moves the
 * window from collage to copy, sees where each picture comes from, and takes the whole away as a pack.
 */
import { button, captioned, choice, controls, el, picture, slider, toggle } from "../parts.js";
import { walk } from "../walk.js";
import { editor } from "./pictures-editor.js";
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
const SIDES = [16, 24, 32, 48, 64];
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
    if (!SIDES.includes(Number(state.side))) state.side = 24;
    if (state.set !== "houses") state.set = "faces";
    if (state.machine !== "bbels") state.machine = "local";

    /** The set at any size. @type {(side: number) => ImageData[]} */
    let make = (side) => resized(starters(String(state.set)), side);
    /** The set as the machine has it. @type {ImageData[]} */
    let images = [];
    /** @type {Model | undefined} */
    let model;
    /** The pack behind it. @type {Blob | undefined} */
    let pack;
    /** @type {(Sample | undefined)[]} */
    let samples = [];
    let chosen = 0;
    /** What was left out of the set. */
    let aside = "";
    /** How many are drawn. */
    let count = SAMPLES;

    const windows = () => [...WINDOWS.filter((window) => window < 2 * Number(state.side) - 1), 2 * Number(state.side) - 1];
    const whole = (/** @type {number} */ i) => i >= windows().length - 1;
    const sees = (/** @type {number} */ i) => (whole(i) ? host.t("everything") : host.t("sees", { k: windows()[Math.max(i, 0)] }));
    const nearest = () => {
      const found = windows().findIndex((window) => window >= Number(state.window));
      return found < 0 ? windows().length - 1 : found;
    };

    // The set
    const set = choice({
      label: host.t("set"),
      options: [
        ["faces", host.t("faces")],
        ["houses", host.t("houses")],
      ],
      value: String(state.set),
      pick: (value) => {
        host.remember({ set: value });
        take((side) => resized(starters(value), side));
      },
    });
    const wall = el("div", { className: "hung", role: "group", ariaLabel: host.t("wall") });
    const size = el("p", { className: "axis" });
    const input = el("input", { type: "file", multiple: true, accept: "image/*,.zip", hidden: true });
    const folder = el("input", { type: "file", webkitdirectory: true, hidden: true });
    for (const one of [input, folder]) {
      one.addEventListener("change", () => {
        void open(Promise.resolve([...(one.files ?? [])]));
        one.value = "";
      });
    }
    const draw = editor({
      t: (key, values) => host.t(key, values),
      side: () => Number(state.side),
      add: (image) => {
        const before = own ? make : () => [];
        take((side) => [...before(side), ...resized([image], side)], true);
        draw.clear();
      },
    });
    /** Whether the set is the reader's. */
    let own = false;
    const sizes = choice({
      label: host.t("side"),
      options: SIDES.map((side) => [String(side), String(side)]),
      value: String(state.side),
      pick: (value) => {
        host.remember({ side: Number(value) });
        draw.clear();
        take(make, own);
      },
    });
    const colour = toggle({
      label: host.t("inColour"),
      value: Boolean(state.colour),
      turn: (on) => {
        host.remember({ colour: on });
        take(make, own);
      },
    });
    const drawing = button(host.t("draw"), () => {
      draw.element.hidden = !draw.element.hidden;
      drawing.setAttribute("aria-expanded", String(!draw.element.hidden));
    });
    drawing.setAttribute("aria-expanded", "false");
    const drop = el("div", { className: "drop" }, wall, size);

    // What is drawn from it
    const control = slider({
      label: host.t("window"),
      min: 0,
      max: windows().length - 1,
      value: nearest(),
      say: sees,
      settle: (i) => {
        host.remember({ window: windows()[i] });
        void redraw();
      },
    });
    const from = choice({
      led: true,
      label: host.t("from"),
      options: [
        ["local", host.t("samePlace")],
        ["bbels", host.t("anywhere")],
      ],
      value: String(state.machine),
      pick: (value) => {
        host.remember({ machine: value });
        void redraw();
      },
    });
    const tiles = Array.from({ length: SAMPLES }, (_, n) => {
      const tile = picture({ label: host.t("waiting"), size: [72, 78] });
      const press = el("button", { type: "button", ariaLabel: host.t("sample", { n: n + 1 }) }, tile.canvas);
      press.addEventListener("click", () => look(n));
      return { tile, press };
    });
    const large = picture({ label: host.t("waiting"), size: [144, 216] });
    const mosaic = picture({ label: host.t("waiting"), size: [144, 216] });
    const close = picture({ label: host.t("waiting"), size: [144, 216] });
    const closeWords = el("span", {}, host.t("nearest"));
    const another = button(host.t("another"), () => {
      host.remember({ seed: Number(state.seed) + SAMPLES });
      void redraw();
    }, { primary: true, act: "another" });

    // What is taken away
    const code = el("textarea", { className: "shared", readOnly: true, rows: 3, hidden: true, spellcheck: false });
    code.setAttribute("aria-label", host.t("code"));
    const save = button(host.t("save"), () => void saved());
    const embed = button(host.t("embed"), async () => {
      code.hidden = false;
      const { machine, window } = state;
      code.value = `<script type="module" src="pkg/morphogen.js"></script>\n<morphogen-sampler model="${name()}/" machine="${machine}" window="${window}" controls></morphogen-sampler>`;
      code.select();
      const copied = await navigator.clipboard?.writeText(code.value).then(() => true, () => false);
      host.say(host.t(copied ? "copiedCode" : "selectedCode"));
    });

    host.root.append(
      set.element,
      drop,
      controls(button(host.t("open"), () => input.click()), button(host.t("folder"), () => folder.click()), drawing, input, folder),
      draw.element,
      controls(sizes.element, colour.element),
      control.element,
      from.element,
      el("div", { className: "samples", role: "group", ariaLabel: host.t("samples") }, ...tiles.map(({ press }) => press)),
      el("div", { className: "pair near" }, captioned(large, host.t("drawn")), captioned(mosaic, host.t("mosaic")), captioned(close, closeWords)),
      // A frame on another site can neither save files nor say where its packs lie.
      host.world.addresses ? controls(another, save, embed) : controls(another),
      code,
    );
    takeDrops(host.element, drop, (files) => void open(files));

    /** The name of the pack's folder. */
    const name = () => (own ? "my-pictures" : String(state.set));

    /** Takes another set, or the same at another size. */
    function take(/** @type {(side: number) => ImageData[]} */ from, mine = false, said = "") {
      make = from;
      own = mine;
      aside = said;
      if (mine) set.set("");
      void begin(() => {
        const channels = state.colour ? 3 : 1;
        const title = own ? host.t("title") : host.t(String(state.set));
        return host.package.picturesPack({ images: make(Number(state.side)).slice(0, MOST), channels, title, name: name(), window: Number(state.window) });
      });
    }

    /** Makes a machine of a pack, and draws. Where the pack is refused, all stays as it was. */
    async function begin(/** @type {() => Promise<Blob>} */ source, adopt = () => {}) {
      await host.run(async (signal) => {
        const blob = await source();
        const next = await host.package.loadModel(blob, { device: host.world.device, signal });
        const hung = await shown(next, signal);
        model?.close();
        [model, images, pack] = [next, hung, blob];
        adopt();
        const { width, height, channels } = next.info.image;
        state.side = Math.max(width, height);
        sizes.set(String(width === height ? width : ""));
        colour.input.checked = channels === 3;
        control.input.max = String(windows().length - 1);
        control.set(nearest());
        hang();
        await drawAll(signal);
      });
    }

    /** The training images of a model, as they are shown. */
    async function shown(/** @type {Model} */ of, /** @type {AbortSignal} */ signal) {
      const prompt = prompted(of);
      if (prompt === undefined) throw new Error(host.t("noImages"));
      const found = await of.training(prompt, signal);
      return Array.from({ length: found.count }, (_, n) => found.toImageData(n));
    }

    /** The first prompt of a pack that has training images. */
    const prompted = (/** @type {Model} */ { info }) => info.prompts.find(({ name }) => Object.hasOwn(info.training, name))?.name;

    /** Hangs the set up; a picture that is touched is taken away. */
    function hang() {
      wall.replaceChildren(
        ...images.slice(0, SHOWN).map((image, n) => {
          const tile = picture({ label: host.t("picture", { number: n + 1 }), size: 48 });
          tile.put(image);
          const press = el("button", { type: "button", title: host.t("remove", { number: n + 1 }), ariaLabel: host.t("remove", { number: n + 1 }) }, tile.canvas);
          press.addEventListener("click", () => {
            const rest = images.filter((_, other) => other !== n);
            if (rest.length === 0) return host.say(host.t("last"));
            take((side) => resized(rest, side), true);
          });
          return press;
        }),
      );
      const { width, height } = images[0];
      size.textContent = host.t("count", { n: images.length, width, height, more: Math.max(0, images.length - SHOWN) }) + (images.length > SHOWN ? ` ${host.t("shown", { shown: SHOWN })}` : "") + (aside && ` ${aside}`);
    }

    /** Opens files: pictures, a photograph, or a pack. Whatever is chosen meanwhile wins. */
    async function open(/** @type {Promise<File[]>} */ chosen) {
      const found = await host.run(async (signal) => {
        const files = await chosen;
        signal.throwIfAborted();
        host.say(host.t("opening"));
        return { files, source: await opened(files, Number(state.side), signal) };
      });
      if (!found || found.files.length === 0) return;
      const { source, files } = found;
      const zip = files.find(packed);
      if (!source && !zip) return host.say(host.t("nothing"));
      if (!source) {
        const adopt = () => {
          own = true;
          aside = "";
          set.set("");
          const loaded = images;
          make = (side) => resized(loaded, side);
        };
        return begin(async () => /** @type {File} */ (zip), adopt);
      }
      if (source.cut) {
        // Tiles share no places: pieces of them may go anywhere.
        from.set("bbels");
        host.remember({ machine: "bbels" });
      }
      const said = [source.left > 0 && host.t("left", { n: source.left }), source.more && host.t("most", { most: MOST })];
      take(source.draw, true, said.filter(Boolean).join(" "));
    }

    async function redraw() {
      if (!model) return take(make, own);
      await host.run(drawAll);
    }

    async function drawAll(/** @type {AbortSignal} */ signal) {
      const drawer = /** @type {Model} */ (model);
      samples = [];
      for (const { tile } of tiles) tile.clear();
      for (const one of [large, mosaic, close]) one.clear();
      const machine = /** @type {"local" | "bbels"} */ (state.machine);
      const area = images[0].width * images[0].height;
      const slow = machine === "bbels" && area * area * images.length > LONG;
      count = slow ? FEW : SAMPLES;
      chosen = Math.min(chosen, count - 1);
      tiles.forEach(({ press }, n) => (press.hidden = n >= count));
      host.say(host.t(slow ? "slow" : "drawing"));
      for (let n = 0; n < count; n += 1) {
        await host.whenSeen(signal);
        const onStep = host.still ? undefined : (/** @type {import("../../pkg/morphogen.js").Frame} */ frame) => signal.aborted || tiles[n].tile.put(frame.toImageData(0, 1, frame.step ? "denoised" : "x"));
        samples[n] = await drawer.sample({ prompt: prompted(drawer), machine, window: windows()[nearest()], seed: Number(state.seed) + n, ...walk(STEPS), signal, onStep });
        tiles[n].tile.put(samples[n]?.toImageData() ?? new ImageData(1, 1), host.t("sample", { n: n + 1 }));
        if (n === 0 || n === chosen) look(n);
      }
      tell();
    }

    /** Shows one of what was drawn from near by. */
    function look(/** @type {number} */ n) {
      chosen = n;
      tiles.forEach(({ press }, i) => press.setAttribute("aria-pressed", String(i === n)));
      const sample = samples[n];
      const found = sample?.nearest?.[0];
      if (!sample || !found) return;
      large.put(sample.toImageData(), host.t("sample", { n: n + 1 }));
      if (sample.provenance) mosaic.put(sample.provenance.toImageData(0, 1, sample.pixels), host.t("pieces", { n: sources(sample) }));
      close.put(images[found.image], host.t("picture", { number: found.image + 1 }));
      const { width, height, channels } = sample;
      // Root mean square over pixels, of the whole way from black to white.
      const apart = found.distance / Math.sqrt(width * height * channels) / 2;
      closeWords.textContent = host.t(found.copied ? "copyOf" : "nearestOf", { number: found.image + 1, percent: Math.round(100 * apart) });
      if (samples.filter(Boolean).length === count) tell();
    }

    /** Pictures of the set that a sample is made of. */
    const sources = (/** @type {Sample} */ sample) => new Set(sample.provenance?.image).size;

    function tell() {
      const done = samples.filter((sample) => sample !== undefined);
      const copies = done.filter((sample) => sample.nearest?.[0].copied).length;
      const made = done.map(sources).sort((a, b) => a - b);
      const verdict = copies === done.length ? "allCopies" : copies > 0 ? "someCopies" : "noCopies";
      host.say(host.t(verdict, { drawn: done.length, copies, middle: made[made.length >> 1] ?? 0, window: sees(nearest()) }));
    }

    async function saved() {
      if (!pack) return;
      const address = URL.createObjectURL(pack);
      el("a", { href: address, download: `${name()}.zip` }).click();
      setTimeout(() => URL.revokeObjectURL(address), 60_000);
      host.say(host.t("saved", { file: `${name()}.zip` }));
    }

    draw.clear();
    take(make);
  },
};

/**
 * What the reader takes along: the chosen picture as a sticker, cut out and enlarged by the core, over light, dark and checkered
 * ground; as a file, an icon, in the clipboard, or handed to another app. Fetched when the reader first opens it.
 */
import { saves } from "./films.js";
import { make as el, tell } from "./make.js";
import { t, told } from "./say.js";
import { hand, named } from "./share.js";

/** @typedef {import("./panels.js").Page} Page */
/** @typedef {{ blob: Blob, name: string, cut: boolean }} Made the sticker that is shown */

/** Sides, in pixels. */
const SIZES = [128, 256, 512];
/** The most columns of a sheet. */
const COLUMNS = 4;
/** What it is shown on. */
const GROUNDS = /** @type {const} */ (["light", "dark", "checkered"]);
const SHOWN = {
  light: (/** @type {string} */ label) => t("{label} on light ground", { label }),
  dark: (/** @type {string} */ label) => t("{label} on dark ground", { label }),
  checkered: (/** @type {string} */ label) => t("{label} on checkered ground", { label }),
};

const find = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
const [panel, status, body] = ["sticker", "sticker-status", "sticker-body"].map(find);

/** The panel, once somebody opens it. */
export const open = (/** @type {Page} */ page) => new Taking(page);

class Taking {
  /** @param {Page} page */
  constructor(page) {
    this.page = page;
    this.size = 256;
    this.cut = true;
    /** @type {Made | undefined} */
    this.made = undefined;
    /** What it was made of. @type {unknown[]} */
    this.of = [];
    this.turn = 0;
    this.address = "";
    this.previews = GROUNDS.map((ground) => el("img", { className: ground, alt: "", width: 128, height: 128 }));
    this.weight = el("p", { className: "quiet" });
    /** Buttons that need the sticker. @type {HTMLButtonElement[]} */
    this.buttons = [];
    this.share = this.button(t("Share …"), () => this.handOn());
    this.share.hidden = true;
    this.build();
  }

  build() {
    const sizes = SIZES.map((size) => {
      const input = el("input", { type: "radio", name: "sticker-size", value: String(size), checked: size === this.size });
      input.addEventListener("change", () => ((this.size = size), this.drawn()));
      return el("label", {}, input, ` ${size}`);
    });
    const cut = el("input", { type: "checkbox", id: "sticker-cut", checked: this.cut });
    cut.addEventListener("change", () => ((this.cut = cut.checked), this.drawn()));
    body.replaceChildren(
      el("div", { className: "grounds" }, ...this.previews),
      this.weight,
      el("fieldset", { className: "sticker-sizes" }, el("legend", {}, t("Size in pixels")), ...sizes),
      el("label", { className: "sticker-cut" }, cut, t(" Cut the ground away")),
      el(
        "div",
        { className: "actions" },
        this.button(t("Save PNG"), () => this.save()),
        this.button(t("Copy"), () => this.copy()),
        this.share,
        this.button(t("Save favicon (ICO)"), () => this.icon()),
        this.button(t("Save all as a sheet"), () => this.sheet()),
      ),
      el("div", { className: "actions film-saves" }, el("span", { className: "quiet" }, t("Noise becoming picture, as a film:")), ...saves(() => this.way(), (text, problem) => this.say(text, problem))),
    );
    body.hidden = false;
  }

  /**
   * @param {string} text
   * @param {() => Promise<unknown> | void} act
   */
  button(text, act) {
    const button = el("button", { type: "button", textContent: text, disabled: true });
    button.addEventListener("click", async () => {
      try {
        await act();
      } catch (thrown) {
        this.say(told(thrown), true);
      }
    });
    this.buttons.push(button);
    return button;
  }

  /** Another picture was drawn or chosen, or it is wanted otherwise. */
  drawn() {
    const { sample, n } = this.page.picture() ?? {};
    const of = [sample, n, this.size, this.cut];
    if (!panel.open || of.every((value, i) => value === this.of[i])) return;
    this.of = of;
    void this.make();
  }

  /** Makes the sticker; one that comes late is not shown over what is new. */
  async make() {
    const turn = (this.turn += 1);
    const picture = this.page.picture();
    if (!picture) return this.gone(t("It can be taken along once it is drawn."));
    const { sample, n, label } = picture;
    try {
      const { blob, cut } = await this.asked(sample, n);
      if (turn !== this.turn) return;
      this.made = { blob, cut, name: named(label, sample.seed + n) };
      this.show(label);
    } catch (thrown) {
      if (turn === this.turn) this.gone(told(thrown), true);
    }
  }

  /**
   * The sticker as it is wanted, or whole where nothing can be cut away.
   * @param {import("./pkg/morphogen.js").Sample} sample
   * @param {number} n
   */
  async asked(sample, n) {
    const { size, cut } = this;
    const model = await this.page.model();
    try {
      return { blob: await model.sticker(sample, { n, size, cut }), cut };
    } catch (thrown) {
      if (!cut || Object(thrown).code !== "sticker-uncut") throw thrown;
      return { blob: await model.sticker(sample, { n, size, cut: false }), cut: false };
    }
  }

  /** @param {string} label */
  show(label) {
    if (!this.made) return;
    const { blob, cut, name } = this.made;
    if (this.address) URL.revokeObjectURL(this.address);
    this.address = URL.createObjectURL(blob);
    this.previews.forEach((preview, i) => Object.assign(preview, { src: this.address, alt: SHOWN[GROUNDS[i]](label) }));
    this.weight.textContent = t("{size} × {size} pixels, {weight} kB. The file says whom to name.", { size: this.size, weight: Math.ceil(blob.size / 1000) });
    for (const button of this.buttons) button.disabled = false;
    this.share.hidden = !navigator.canShare?.({ files: [new File([blob], `${name}.png`, { type: blob.type })] });
    if (this.cut && !cut) this.say(t("Its border has no even colour, or all of it has: there is nothing to cut away, so it stays whole."));
    else this.say(cut ? t("Cut out, for any ground.") : t("The whole picture."));
  }

  /**
   * There is no sticker, and why.
   * @param {string} text
   * @param {boolean} [problem]
   */
  gone(text, problem) {
    this.made = undefined;
    for (const button of this.buttons) button.disabled = true;
    this.say(text, problem);
  }

  save() {
    if (this.made) hand(this.made.blob, `${this.made.name}.png`);
  }

  async copy() {
    if (!this.made) return;
    if (typeof ClipboardItem !== "function" || !navigator.clipboard?.write) {
      return this.say(t("This browser cannot copy pictures. Save the PNG instead."));
    }
    try {
      await navigator.clipboard.write([new ClipboardItem({ "image/png": this.made.blob })]);
      this.say(this.made.cut ? t("Copied. Where it is pasted, what was cut away is transparent.") : t("Copied."));
    } catch {
      this.say(t("This browser does not let the page copy a picture. Save the PNG instead."));
    }
  }

  async handOn() {
    if (!this.made) return;
    const { blob, name } = this.made;
    try {
      await navigator.share({ files: [new File([blob], `${name}.png`, { type: blob.type })] });
    } catch (thrown) {
      // Whoever closes the sheet has changed their mind.
      if (Object(thrown).name !== "AbortError") throw thrown;
    }
  }

  async icon() {
    const picture = this.page.picture();
    if (!picture || !this.made) return;
    const model = await this.page.model();
    hand(await model.sticker(picture.sample, { n: picture.n, type: "ico", cut: this.made.cut }), "favicon.ico");
    this.say(t('Saved with 16, 32 and 48 pixels. A page names it so: <link rel="icon" href="favicon.ico">'));
  }

  /** How the picture came out of the noise. */
  async way() {
    const picture = this.page.picture();
    const frames = this.page.frames();
    if (!picture || frames.length === 0) return undefined;
    const { sample, n, label } = picture;
    const film = await (await this.page.model()).film(frames, { n });
    return { film, name: `${named(label, sample.seed + n)}-from-noise` };
  }

  async sheet() {
    const picture = this.page.picture();
    if (!picture) return;
    const { sample, label } = picture;
    const model = await this.page.model();
    const columns = Math.min(COLUMNS, sample.count);
    hand(await model.sticker(sample, { type: "sheet", size: this.size, cut: this.cut, columns }), `${named(label, sample.seed)}-sheet.png`);
    this.say(sample.count === 1 ? t("Saved the one picture there is.") : t("Saved all {count}, beside each other.", { count: sample.count }));
  }

  /**
   * @param {string} text
   * @param {boolean} [problem]
   */
  say(text, problem = false) {
    tell(status, text, problem);
  }
}

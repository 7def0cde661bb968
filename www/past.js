/**
 * What was drawn before: each drawing with its picture and its address, kept on this device alone. A press draws it again;
 * all of it can be forgotten, and that be undone. Tabs share it: each adds to what is kept, and shows what others add.
 */
import { t } from "./say.js";
import { write } from "./state.js";

/** @typedef {import("./panels.js").Page} Page */
/** @typedef {{ address: string, label: string, picture: string }} Drawing its address, what it shows, and a PNG as a data address */

const KEY = "morphogen-drawn";
/** Drawings that are kept. */
const MOST = 24;

const find = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
const [status, list, forget] = ["past-status", "past-list", "past-forget"].map(find);

/** @param {Page} page */
export const open = (page) => new Past(page);

class Past {
  /** @param {Page} page */
  constructor(page) {
    this.page = page;
    /** Newest first. @type {Drawing[]} */
    this.drawings = read();
    /** What was forgotten last. @type {Drawing[]} */
    this.forgotten = [];
    /** Whether this browser keeps it; where it does not, the list lives here alone. */
    this.kept = true;
    // Only other tabs are heard here.
    addEventListener("storage", ({ key }) => {
      if (key !== KEY && key !== null) return;
      this.drawings = read();
      this.show();
    });
    forget.addEventListener("click", () => {
      [this.drawings, this.forgotten] = [this.forgotten, this.drawings];
      this.keep();
      status.textContent = this.drawings.length > 0 ? t("They are back.") : t("Forgotten.");
    });
  }

  /** Takes note of what the page has drawn. */
  drawn() {
    const chosen = this.page.picture();
    if (!chosen) return this.show();
    const address = write(this.page.state);
    const label = this.page.state.prompt || chosen.label;
    // Another tab may have added to it since.
    const others = (this.kept ? read() : this.drawings).filter((drawing) => drawing.address !== address);
    this.drawings = [{ address, label, picture: picture(chosen.sample.toImageData(chosen.n)) }, ...others].slice(0, MOST);
    this.forgotten = [];
    this.keep();
  }

  keep() {
    try {
      localStorage.setItem(KEY, JSON.stringify(this.drawings));
      this.kept = true;
      status.textContent = t("Kept on this device alone.");
    } catch {
      this.kept = false;
      status.textContent = t("This browser keeps nothing for the page: it lasts until the page is closed.");
    }
    this.show();
  }

  show() {
    list.replaceChildren(...this.drawings.map((drawing) => this.item(drawing)));
    forget.hidden = this.drawings.length + this.forgotten.length === 0;
    forget.textContent = this.drawings.length > 0 ? t("Forget all") : t("Undo");
  }

  /** @param {Drawing} drawing */
  item({ address, label, picture }) {
    const [item, button, image] = [document.createElement("li"), document.createElement("button"), document.createElement("img")];
    Object.assign(image, { src: picture, alt: "", width: 64, height: 64 });
    button.type = "button";
    button.append(image, label);
    button.addEventListener("click", () => this.page.go(address));
    item.append(button);
    return item;
  }
}

/**
 * What is kept here. Anything else there is left out: other programs may write in the same place.
 * @returns {Drawing[]}
 */
function read() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    const whole = (/** @type {any} */ one) => typeof one?.address === "string" && one.address.startsWith("?") && typeof one.label === "string" && /^data:image\/png;/.test(one.picture);
    return Array.isArray(kept) ? kept.filter(whole).slice(0, MOST) : [];
  } catch {
    return [];
  }
}

/** A picture as a data address. @param {ImageData} image */
function picture(image) {
  const canvas = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height });
  canvas.getContext("2d")?.putImageData(image, 0, 0);
  return canvas.toDataURL();
}

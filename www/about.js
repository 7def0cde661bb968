/** What the page says of the model at hand: what it knows, what it cannot do, and whom its pictures are from. */
import { number, t } from "./say.js";

const put = (/** @type {string} */ id, /** @type {string} */ text) => {
  /** @type {HTMLElement} */ (document.getElementById(id)).textContent = text;
};

/** @param {import("./pkg/morphogen.js").Info} info */
export function about({ image, text, licence }) {
  const colour = image.channels === 3;
  put("crisp-hint", t("Whole multiples of its {width} × {height} pixels.", image));
  put("size", `${image.width} × ${image.height}`);
  put("knows", text ? t("the {count} words it was taught", { count: number(text.count) }) : t("the things named above"));
  put("tones", colour ? t("in colour") : t("in grey"));
  put("slips", colour ? t("two faces in one, a cake that melts into its candles") : t("a third sleeve, a bag without a handle"));
  put("credit", t("Pictures: {attribution} ({licence}).", { ...licence.data, attribution: t(licence.data.attribution) }));
}

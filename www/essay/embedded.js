/**
 * A figure of the essay alone, in the frame for other sites (`embed.html?figure=locality&window=7&lang=de`). One classic
 * script made by `tools/bundle.mjs`; `embed.js` has loaded the package before it.
 */
import { stand } from "./figure.js";
import { FIGURES } from "./figures.js";
import { driver } from "../drive.js";
import { el } from "./parts.js";
import { strings as german } from "./strings/de.js";
import { strings as english } from "./strings/en.js";

const query = new URLSearchParams(location.search);
const name = query.get("figure") ?? "";
const lang = query.get("lang") === "de" ? "de" : "en";
const strings = lang === "de" ? german : english;
const device = query.get("device");

async function show() {
  document.documentElement.lang = lang;
  const main = /** @type {HTMLElement} */ (document.querySelector("main"));
  if (!Object.hasOwn(FIGURES, name)) {
    main.append(el("p", { role: "status" }, strings["frame.unknown"].replace("{names}", Object.keys(FIGURES).join(", "))));
    return;
  }
  const title = strings[`${name}.title`];
  document.title = `${title} – Morphogen`;
  main.querySelector("h1")?.replaceChildren(title);
  const caption = el("figcaption", { id: "caption", innerHTML: strings[`${name}.caption`] });
  const figure = el("figure", {}, el("p", { className: "still" }), el("p", { className: "status", role: "status" }), caption);
  figure.dataset.figure = name;
  figure.setAttribute("aria-labelledby", "caption");
  main.append(figure);
  const { default: chosen } = await FIGURES[name]();
  await stand(figure, chosen, {
    lang,
    strings,
    package: /** @type {any} */ (globalThis).morphogenPackage,
    models: new URL("models/", location.href).href,
    device: device === "cpu" || device === "webgpu" ? device : "auto",
    asked: () => query,
    remember: /** @type {any} */ (globalThis).morphogenRemember,
    addresses: undefined,
    keep: () => {},
    loading: new Map(),
  });
  /** @type {any} */ (globalThis).morphogenLed(driver(figure));
}

void show();

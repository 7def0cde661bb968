/**
 * The essay's page: it stands each figure up when the reader comes near it, keeps the address, so that a link holds a
 * figure in a state (`#locality?window=7&seed=3`), and marks the chapter at hand. All text is in the HTML already.
 */
import * as morphogen from "../pkg/morphogen.js";
import { keep } from "../keep.js";
import { stand } from "./figure.js";
import { FIGURES } from "./figures.js";

/** @typedef {import("./figure.js").World} World */

const lang = document.documentElement.lang === "de" ? "de" : "en";
/** How near a figure must be to the screen before it is made. */
const NEAR = "800px";

/** What stands behind the # of the address; as it is written where it cannot be read. */
function fragment() {
  const text = location.hash.slice(1);
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The figure and the state that the address names. */
function named() {
  const [name, query = ""] = fragment().split("?");
  return { name, query: new URLSearchParams(query) };
}

/** @returns {Promise<World>} */
async function world() {
  const { strings } = await (lang === "de" ? import("./strings/de.js") : import("./strings/en.js"));
  const here = new URL(location.href);
  // The essay in one file has an address that others can go to only where it was told one.
  const { parts, address } = document.documentElement.dataset;
  const hosted = parts ? address : here.href;
  const asked = here.searchParams.get("device");
  return {
    lang,
    strings,
    package: morphogen,
    models: new URL("../models/", import.meta.url).href,
    device: asked === "cpu" || asked === "webgpu" ? asked : "auto",
    asked: (name) => (named().name === name ? named().query : new URLSearchParams()),
    remember: (name, query) => history.replaceState(null, "", `#${[name, query].filter(String).join("?")}`),
    addresses: hosted ? { link: new URL(lang === "en" ? "./" : `${lang}.html`, hosted).href, embed: new URL("../embed.html", hosted).href } : undefined,
    keep: (paths) => void keep(paths),
    loading: new Map(),
  };
}

/** Stands figures up, each once. */
async function figures() {
  const around = await world();
  const near = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (!isIntersecting) continue;
        near.unobserve(target);
        void start(/** @type {HTMLElement} */ (target));
      }
    },
    { rootMargin: NEAR },
  );
  const start = async (/** @type {HTMLElement} */ element) => {
    const status = /** @type {HTMLElement} */ (element.querySelector("[role=status]"));
    try {
      const { default: figure } = await FIGURES[element.dataset.figure ?? ""]();
      await stand(element, figure, around);
    } catch {
      status.textContent = around.strings["frame.unavailable"];
    }
  };
  for (const element of document.querySelectorAll("figure[data-figure]")) near.observe(element);
}

/** What the reader does that may lead elsewhere, besides scrolling. */
const MOVES = ["pointerdown", "keydown"];
/** How long figures may take to stand up, in milliseconds. */
const SETTLED = 8000;
/** Ends staying at the last place that was gone to. */
let leave = new AbortController();

/** Goes to the place that the address names, and stays there while what stands above it grows, until the reader moves. */
function arrive() {
  const { name, query } = named();
  const place = document.getElementById(String(query) ? `${name}-figure` : name);
  leave.abort();
  if (!place) return;
  const here = (leave = new AbortController());
  let aim = Number.NaN;
  const staying = new ResizeObserver(() => {
    place.scrollIntoView();
    aim = scrollY;
  });
  staying.observe(document.body);
  here.signal.addEventListener("abort", () => staying.disconnect());
  // Whoever scrolls, be it by the bar or a search in the page, wants to be elsewhere.
  addEventListener("scroll", () => Math.abs(scrollY - aim) > 2 && here.abort(), { signal: here.signal, passive: true });
  for (const move of MOVES) addEventListener(move, () => here.abort(), { signal: here.signal, passive: true });
  setTimeout(() => here.abort(), SETTLED);
}

/** Marks the chapter at hand, and those that lie behind. */
function chapters() {
  const links = /** @type {HTMLAnchorElement[]} */ ([...document.querySelectorAll(".chapters a")]);
  const list = /** @type {HTMLDetailsElement} */ (document.querySelector(".chapters details"));
  const at = /** @type {HTMLElement} */ (document.querySelector(".chapters .at"));
  const sections = links.map(({ hash }) => /** @type {HTMLElement} */ (document.querySelector(hash)));
  const usual = at.textContent ?? "";
  // On a wide screen the list stands open beside the text.
  const wide = matchMedia("(min-width: 76rem)");
  const unfold = () => (list.open = wide.matches);
  wide.addEventListener("change", unfold);
  unfold();
  list.addEventListener("click", ({ target }) => {
    if (target instanceof HTMLAnchorElement && !wide.matches) list.open = false;
  });
  /** @type {Set<Element>} */
  const seen = new Set();
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) isIntersecting ? seen.add(target) : seen.delete(target);
      const here = sections.findIndex((section) => seen.has(section));
      const above = sections.filter((section) => section.getBoundingClientRect().bottom < innerHeight / 2).length;
      const current = here >= 0 ? here : above - 1;
      links.forEach((link, i) => {
        if (i === current) link.setAttribute("aria-current", "true");
        else link.removeAttribute("aria-current");
        link.classList.toggle("read", i < current);
      });
      at.textContent = current < 0 ? usual : `${current + 1} · ${links[current].textContent}`;
    },
    { rootMargin: "-50% 0px" },
  );
  for (const section of sections) observer.observe(section);
}

chapters();
arrive();
addEventListener("hashchange", arrive);
void figures();

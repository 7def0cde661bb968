/**
 * The page on which one watches networks learn: it stands its figures up as the essay does, and keeps the address, so that a link
 * holds what was chosen. All text is in the HTML already.
 */
import * as morphogen from "./pkg/morphogen.js";
import { stand } from "./essay/figure.js";
import { keep } from "./keep.js";
import memory from "./learn/memory.js";
import watch from "./learn/watch.js";

const lang = document.documentElement.lang === "de" ? "de" : "en";

/** What the address asks of a figure. @param {string} name */
function asked(name) {
  const [named, query = ""] = location.hash.slice(1).split("?");
  return new URLSearchParams(named === name ? query : "");
}

async function figures() {
  const { strings } = await (lang === "de" ? import("./learn/strings/de.js") : import("./learn/strings/en.js"));
  const device = new URLSearchParams(location.search).get("device");
  /** @type {import("./essay/figure.js").World} */
  const world = {
    lang,
    strings,
    package: morphogen,
    models: new URL("models/", import.meta.url).href,
    device: device === "cpu" || device === "webgpu" ? device : "auto",
    asked,
    remember: (name, query) => history.replaceState(null, "", `#${[name, query].filter(String).join("?")}`),
    addresses: undefined,
    keep: (paths) => void keep(paths),
    loading: new Map(),
  };
  for (const figure of [watch, memory]) {
    await stand(/** @type {HTMLElement} */ (document.getElementById(`${figure.name}-figure`)), figure, world);
  }
}

void figures();

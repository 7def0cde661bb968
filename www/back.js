/**
 * The link below every frame to the page that it came from, where more can be done with the same picture. It opens beside the page that holds the frame;
 * a sandbox without `allow-popups` forbids that, and then the address stands there to be copied.
 */

const WORDS = {
  en: { open: "Open in Morphogen", copy: "This page lets no frame open another page. The address, to be copied" },
  de: { open: "In Morphogen öffnen", copy: "Diese Seite lässt einen Rahmen keine andere Seite öffnen. Die Adresse, zum Kopieren" },
};

/**
 * Puts the link at the end of the frame.
 * @param {"en" | "de"} lang
 * @param {() => string} address of the page, relative to the frame, for what is shown at the time
 */
export function back(lang, address) {
  const words = WORDS[lang];
  const line = Object.assign(document.createElement("footer"), { className: "back", lang });
  const link = Object.assign(document.createElement("a"), { target: "_blank", rel: "noopener", textContent: words.open });
  const now = () => new URL(address(), location.href).href;
  // Whichever way it is followed, a menu of the browser's included.
  for (const type of ["pointerdown", "focus", "contextmenu"]) link.addEventListener(type, () => (link.href = now()));
  link.href = now();
  link.addEventListener("click", (event) => {
    link.href = now();
    if (self.origin !== "null") return;
    // In a sandbox only an opened window tells that it may be opened.
    event.preventDefault();
    const page = window.open(link.href, "_blank");
    if (page) page.opener = null;
    else line.replaceChildren(copied(link.href, words.copy));
  });
  line.append(link);
  document.querySelector("main")?.after(line);
}

/** @param {string} address @param {string} label */
function copied(address, label) {
  const field = Object.assign(document.createElement("input"), { readOnly: true, value: address, title: label });
  field.setAttribute("aria-label", label);
  queueMicrotask(() => (field.focus(), field.select()));
  return field;
}

/**
 * Keeps what was used, so that the next visit works without a network, and offers a new version of the page when one has
 * come. Where the browser has no service worker (private windows, files, insecure hosts) or no room, nothing happens.
 */

/** @type {Promise<ServiceWorkerRegistration> | undefined} */
let registered;
/** @type {HTMLButtonElement | undefined} */
let button;
/** The essay, which has strings of its own, keeps things as well. */
const german = document.documentElement.lang === "de";

/**
 * Tells the service worker something, once there is one; never where there is none.
 * @param {object} message
 * @param {Transferable[]} [transfer]
 */
export async function tell(message, transfer = []) {
  registered ??= register();
  (await registered).active?.postMessage(message, transfer);
}

/**
 * @param {string[]} paths of model files, relative to the page
 */
export async function keep(paths) {
  // The page as one file has nothing to keep, and no manifest.
  if (!document.querySelector("link[rel=manifest]")) return;
  try {
    // Only now, after the first picture: what is fetched for the next visit should not slow this one.
    await tell({ type: "keep", paths });
  } catch {
    // The page works all the same.
  }
}

async function register() {
  const { serviceWorker } = navigator;
  await serviceWorker.register(new URL("sw.js", import.meta.url), { updateViaCache: "none" });
  const registration = await serviceWorker.ready;
  serviceWorker.addEventListener("message", () => {
    if (button) button.textContent = german ? "Schließe erst die anderen Tabs dieser Seite und drücke dann noch einmal" : "Close the other tabs of this page first, then press again";
  });
  offer(registration);
  registration.addEventListener("updatefound", () => {
    registration.installing?.addEventListener("statechange", () => offer(registration));
  });
  return registration;
}

/** Offers the version that waits: it takes over when the reader says so, or when all pages of this one are closed. */
function offer(/** @type {ServiceWorkerRegistration} */ { waiting }) {
  if (!waiting || button) return;
  waiting.addEventListener("statechange", () => waiting.state === "activated" && location.reload());
  button = document.createElement("button");
  button.type = "button";
  button.id = "update";
  button.textContent = german ? "Neue Fassung dieser Seite laden" : "Load the new version of this page";
  button.addEventListener("click", () => waiting.postMessage({ type: "take-over" }));
  document.querySelector("header")?.append(button);
}

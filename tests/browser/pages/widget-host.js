/**
 * A host of widgets as small as can be: the model of the AFM contract, with a kernel that sends the files of a pack, or is
 * silent. Each widget imports the module anew, as Jupyter does.
 */

let imports = 0;

class Host {
  /** @param {Record<string, any>} state @param {((content: any) => Promise<[object, DataView[]] | undefined>)} [kernel] */
  constructor(state, kernel) {
    this.state = state;
    this.kernel = kernel;
    /** @type {Record<string, any>} what has reached Python */
    this.saved = {};
    /** @type {any[]} */
    this.asked = [];
    /** @type {Map<string, Set<(...all: any[]) => void>>} */
    this.listeners = new Map();
  }

  get = (/** @type {string} */ name) => this.state[name];

  set = (/** @type {string} */ name, /** @type {any} */ value) => {
    const before = this.state[name];
    this.state[name] = value;
    if (JSON.stringify(before) !== JSON.stringify(value) || value instanceof DataView) this.tell(`change:${name}`);
  };

  save_changes = () => void Object.assign(this.saved, this.state);

  on = (/** @type {string} */ event, /** @type {(...all: any[]) => void} */ listener) => {
    // A listener for any change at all also hears of hosts' own traits, so none may be set.
    if (!/^(change:\w+|msg:custom)$/.test(event)) throw new Error(`listens to ${event}`);
    this.listeners.set(event, (this.listeners.get(event) ?? new Set()).add(listener));
  };

  off = (/** @type {string} */ event, /** @type {(...all: any[]) => void} */ listener) => void this.listeners.get(event)?.delete(listener);

  send = async (/** @type {any} */ content) => {
    this.asked.push(content);
    const [answer, buffers] = (await this.kernel?.(content)) ?? [];
    if (answer) this.tell("msg:custom", answer, buffers);
  };

  tell(/** @type {string} */ event, /** @type {any[]} */ ...all) {
    for (const listener of [...(this.listeners.get(event) ?? [])]) {
      try {
        listener(...all);
      } catch {
        // As hosts do: what a listener throws is nobody's.
      }
    }
  }
}

/** Sends files as Python does. @param {string} folder @param {{ missing?: string }} [faults] */
const kernel = (folder, { missing } = {}) => async (/** @type {any} */ { type, ask, file }) => {
  if (type !== "file") return undefined;
  const response = file === missing ? undefined : await fetch(new URL(folder + file, location.href));
  if (!response?.ok) return /** @type {any} */ ([{ type: "file", ask, error: `This pack holds no ${file}.` }, []]);
  return /** @type {any} */ ([{ type: "file", ask }, [new DataView(await response.arrayBuffer())]]);
};

/**
 * Shows a widget.
 * @param {Record<string, any>} state
 * @param {{ folder?: string, missing?: string, views?: number, silent?: boolean }} [how]
 */
async function show(state, { folder = "/models/fashion/", missing, views = 1, silent = false } = {}) {
  const { default: widget } = await import(`/pkg/generated/widget.mjs?${(imports += 1)}`);
  const host = new Host(state, silent ? undefined : kernel(folder, { missing }));
  await widget.initialize({ model: host });
  const cells = Array.from({ length: views }, () => {
    const el = document.body.appendChild(document.createElement("section"));
    const close = widget.render({ model: host, el });
    return { el, close };
  });
  return { host, cells };
}

Object.assign(globalThis, { show });

/** As much of a WebDriver client as the tests need: one session, one window, plain HTTP. */

const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";
/** The key Ctrl, held until the next such character, and Enter. */
const KEYS = { control: "\uE009", enter: "\uE007" };

export class Session {
  /**
   * @param {string} driver address of the driver
   * @param {object} capabilities
   * @returns {Promise<Session>}
   */
  static async begin(driver, capabilities) {
    const { sessionId } = await command(driver, "POST", "/session", { capabilities: { alwaysMatch: capabilities } });
    const session = new Session(`${driver}/session/${sessionId}`);
    await command(session.address, "POST", "/timeouts", { script: 180_000, pageLoad: 120_000 });
    return session;
  }

  /** @param {string} address */
  constructor(address) {
    this.address = address;
  }

  /** @param {string} url */
  async goto(url) {
    await command(this.address, "POST", "/url", { url });
  }

  /**
   * Runs a function in the page and waits for its promise.
   * @template {unknown[]} A
   * @template R
   * @param {(...values: A) => R | Promise<R>} act
   * @param {A} values plain data
   * @returns {Promise<R>}
   */
  async run(act, ...values) {
    const script = `const [values, done] = arguments;
      Promise.resolve().then(() => (${act})(...values)).then((value) => done({ value }), (error) => done({ error: String(error) }));`;
    const { value, error } = await command(this.address, "POST", "/execute/async", { script, args: [values] });
    if (error) throw new Error(`in the page: ${error}`);
    return value;
  }

  /**
   * Types over what a field holds, and presses Enter.
   * @param {string} selector
   * @param {string} text
   */
  async ask(selector, text) {
    const found = await command(this.address, "POST", "/element", { using: "css selector", value: selector });
    const element = `/element/${found[ELEMENT]}/value`;
    await command(this.address, "POST", element, { text: `${KEYS.control}a${KEYS.control}${text}${KEYS.enter}` });
  }

  async close() {
    await command(this.address, "DELETE", "", undefined);
  }
}

/**
 * @param {string} address
 * @param {string} method
 * @param {string} path
 * @param {object | undefined} body
 * @returns {Promise<any>}
 */
async function command(address, method, path, body) {
  const response = await fetch(address + path, { method, body: body && JSON.stringify(body) });
  const { value } = /** @type {{ value: any }} */ (await response.json());
  if (!response.ok) throw new Error(`${method} ${path}: ${value?.error}: ${value?.message}`);
  return value;
}

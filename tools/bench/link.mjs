/**
 * A slow link in front of a server on this machine: a proxy that hands bytes on late and at a limited rate, all
 * connections sharing it. Unlike a browser's own emulation it also holds for what workers fetch.
 */
import { connect, createServer } from "node:net";

/**
 * @param {number} target port of the server
 * @param {{ megabits: number, latency: number }} options downlink, and milliseconds there and back
 * @returns {Promise<{ port: number, bytes: () => number, close: () => Promise<void> }>} `bytes`: all that went down
 */
export function link(target, { megabits, latency }) {
  const rate = (megabits * 1e6) / 8 / 1000;
  let free = 0;
  let total = 0;
  /** When the shared wire has sent so many bytes. @param {number} bytes */
  const sent = (bytes) => (free = Math.max(free, performance.now()) + bytes / rate);
  const server = createServer({ noDelay: true }, (client) => {
    const upstream = connect({ port: target, host: "127.0.0.1", noDelay: true });
    // A handshake is one way there and back before the first byte.
    const ready = performance.now() + latency;
    const up = line();
    const down = line();
    client.on("data", (data) => up(Math.max(ready, performance.now()) + latency / 2, () => upstream.write(data)));
    upstream.on("data", (data) => {
      total += data.length;
      const piece = 4096;
      for (let at = 0; at < data.length; at += piece) {
        const part = data.subarray(at, at + piece);
        down(sent(part.length) + latency / 2, () => client.write(part));
      }
    });
    upstream.on("end", () => down(free + latency / 2, () => client.end()));
    client.on("close", () => upstream.destroy());
    for (const socket of [client, upstream]) socket.on("error", () => (client.destroy(), upstream.destroy()));
  });
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
      resolve({ port, bytes: () => total, close: () => new Promise((done) => server.close(() => done())) });
    });
  });
}

/** One direction of a connection: what is put in comes out at its time, and in order. */
function line() {
  /** @type {{ when: number, act: () => void }[]} */
  const queue = [];
  const pump = () => {
    while (queue.length > 0 && queue[0].when <= performance.now()) queue.shift()?.act();
    if (queue.length > 0) setTimeout(pump, Math.max(1, queue[0].when - performance.now()));
  };
  return (/** @type {number} */ when, /** @type {() => void} */ act) => {
    queue.push({ when, act });
    if (queue.length === 1) setTimeout(pump, Math.max(1, when - performance.now()));
  };
}

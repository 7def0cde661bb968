/** Lets waiting messages (a cancellation, a helper's answer) in before the next piece of work. */
export const breathe = () =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => (port1.close(), resolve(undefined));
    port2.postMessage(0);
  });

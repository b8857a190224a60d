// The program must not see that we have opened its inspector. next would print its port, and test runners would wait for ever.
const inspector = require('node:inspector') as typeof import('node:inspector');

/** Opens an inspector on a free port of 127.0.0.1 that the program does not see. @returns its address */
function openHidden(): string {
  const { debugPort } = process;
  inspector.open(0, '127.0.0.1', false);
  const ours = { url: inspector.url()!, port: process.debugPort };
  process.debugPort = debugPort;
  hide(ours.port);
  return ours.url;
}

function hide(port: number): void {
  const { open, url } = inspector;
  let isHidden = true;
  Object.assign(inspector, {
    url: () => (isHidden ? undefined : url()),
    open(...args: Parameters<typeof open>): unknown {
      const isOurs = isHidden && url() !== undefined;
      isHidden = false;
      if (!isOurs) return open(...args);
      // A process has only one inspector, so the program gets ours. Node tells the address with this port.
      process.debugPort = port;
      return { __proto__: null, [Symbol.dispose ?? 'dispose']: () => inspector.close() };
    },
  });
}

module.exports = openHidden;

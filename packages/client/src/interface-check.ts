import { networkInterfaces } from 'node:os';
import type { InterfaceChoice } from '@sercli/discovery';
import { SercliError } from '@sercli/protocol';

/** @throws SercliError `usage` for what is no choice of interfaces: the name of one alone, say */
export function checkInterfaceChoice(choice: InterfaceChoice): void {
  const given: unknown = choice;
  if (given === 'all' || given === 'loopback') return;
  if (Array.isArray(given) && given.every((part) => typeof part === 'string')) return;
  const what = `${JSON.stringify(given)} does not say which interfaces`;
  throw new SercliError('usage', { what, remedy: "write 'all', 'loopback', or an array of names or addresses" });
}

/** For who searches only now, and cannot wait for an interface. @throws SercliError `usage` where one is not there */
export function requireInterfaces(choice: InterfaceChoice): void {
  if (typeof choice === 'string') return;
  const interfaces = networkInterfaces();
  const addresses = Object.values(interfaces).flatMap((all = []) => all.map(({ address }) => address));
  const missing = choice.find((part) => {
    const bare = part.replace(/%.*$/, '');
    return !(part in interfaces || addresses.includes(bare) || /^(0\.0\.0\.0|::|127\.\d+\.\d+\.\d+)$/.test(bare));
  });
  if (missing === undefined) return;
  const what = `no interface of this machine is called ${missing}, or has that address`;
  throw new SercliError('usage', { what, remedy: `there are ${Object.keys(interfaces).join(', ') || 'none'}` });
}

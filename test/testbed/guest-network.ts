import { createNetworkPair, type NetworkNamespace } from '@sercli/testkit';

/** The guest's only interface, behind its virtio card. */
const tap = 'tap0';
const bridge = 'br0';

/** A laptop and the guest on one bridge, so that multicast goes both ways. */
export interface GuestNetwork {
  readonly laptop: NetworkNamespace;
  /** Where QEMU has to run: the bridge and the tap are here. */
  readonly switchboard: NetworkNamespace;
  readonly tap: string;
  /** What the guest has to take, in a network of 24 bits. */
  readonly guestAddress: string;
  close(): Promise<void>;
}

export async function createGuestNetwork(): Promise<GuestNetwork> {
  const { left: switchboard, right: laptop, close } = await createNetworkPair();
  const ip = (...args: string[]): Promise<string> => switchboard.execute('ip', args);
  await ip('link', 'add', bridge, 'type', 'bridge');
  await ip('tuntap', 'add', tap, 'mode', 'tap');
  for (const port of ['eth0', tap]) await ip('link', 'set', port, 'master', bridge);
  for (const name of [tap, bridge]) await ip('link', 'set', name, 'up');
  return { laptop, switchboard, tap, guestAddress: laptop.address.replace(/\d+$/, '3'), close };
}

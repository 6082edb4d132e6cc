import { RandomNumbers } from './random-numbers.ts';

/** How a connection ends: with a TCP reset, or in order (FIN), as if the peer had closed it. */
export type CutKind = 'reset' | 'end';

/** What a network does. `ms` is how long it lasts, in milliseconds. */
export type NetworkFault =
  | { readonly kind: 'cut'; readonly how: CutKind }
  /** After so many more bytes, in either direction: most likely inside a frame. */
  | { readonly kind: 'cut-after'; readonly bytes: number; readonly how: CutKind }
  /** A cut, and new connections are refused for a while. */
  | { readonly kind: 'outage'; readonly how: CutKind; readonly ms: number }
  /** Connections stay, and nothing passes. */
  | { readonly kind: 'stall'; readonly ms: number }
  /** Everything comes `delayMs` later. */
  | { readonly kind: 'delay'; readonly delayMs: number; readonly ms: number }
  /** Every byte comes by itself. */
  | { readonly kind: 'split'; readonly ms: number };

/** Faults of all kinds without end; the same seed gives the same ones. */
export function* randomFaults(seed: number): Generator<NetworkFault, never> {
  const random = new RandomNumbers(seed);
  for (;;) {
    const ms = random.between(10, 300);
    switch (random.oneOf('cut', 'delay', 'split', 'stall')) {
      case 'cut':
        yield randomCut(random);
        break;
      case 'stall':
        yield { kind: 'stall', ms };
        break;
      case 'delay':
        yield { kind: 'delay', delayMs: random.between(1, 50), ms };
        break;
      case 'split':
        yield { kind: 'split', ms };
    }
  }
}

/** Faults that end all connections, without end; the same seed gives the same ones. */
export function* randomCuts(seed: number): Generator<NetworkFault, never> {
  const random = new RandomNumbers(seed);
  for (;;) yield randomCut(random);
}

function randomCut(random: RandomNumbers): NetworkFault {
  const how = random.oneOf('reset', 'end');
  switch (random.oneOf('now', 'later', 'outage')) {
    case 'now':
      return { kind: 'cut', how };
    case 'later':
      return { kind: 'cut-after', bytes: random.between(1, 2000), how };
    case 'outage':
      return { kind: 'outage', how, ms: random.between(10, 200) };
  }
}

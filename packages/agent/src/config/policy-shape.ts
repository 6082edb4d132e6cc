import { formatByteSize, parseByteSize } from '@sercli/protocol';
import type { PortPolicy } from '../ports/port-policy.ts';
import { flag, oneOf, parsedText, wholeNumber } from './scalar-shapes.ts';
import { described, refined, type Shape, type ValuesOf } from './shape.ts';

/** A day: the longest that the agent waits for anything. */
const longestMs = 86_400_000;

/** Less would not hold what a device sends while its readers are busy; more, no machine with serial ports has. */
const smallestLogBytes = 256 * 1024;
export const largestLogBytes: number = 64 * 1024 ** 3;

/** `4MiB`, `64k` or 65536. */
export function byteSize(from: number, to: number): Shape<number> {
  const size = parsedText('a number of bytes as 4MiB', parseByteSize, {
    allowsNumber: true,
    examples: ['4MiB', '512k', 1048576],
  });
  return refined(size, (bytes, node) => {
    if (bytes >= from && bytes <= to) return bytes;
    return void node.report(
      `must be from ${formatByteSize(from)} to ${formatByteSize(to)}, and is ${formatByteSize(bytes)}`,
    );
  });
}

const milliseconds = wholeNumber(0, longestMs, 'milliseconds');

/** How ports are served: keys that stand below a port, and at the top for all ports that do not say otherwise. */
export const policyShapes = {
  keepOpen: described('Whether the device is opened when the agent starts, and kept open.', flag()),
  lingerMs: described('How long a device stays open after its last session, in milliseconds.', milliseconds),
  logBytes: described(
    'How much of what the device sent last is kept for readers, as 4MiB (unless said otherwise), 512k or a number of bytes.',
    byteSize(smallestLogBytes, largestLogBytes),
  ),
  onOverflow: described(
    'What happens to a reader that is slower than the device by more than the log: a gap is told to it (unless said otherwise), or it is disconnected.',
    oneOf(['gap', 'disconnect']),
  ),
  holdMs: described(
    'How long a device with flow control is held back for a controller that does not read, in milliseconds; 10000 unless said otherwise.',
    milliseconds,
  ),
  graceMs: described(
    'How long a session is kept for a client that was cut off, and for a device that is lost, in milliseconds; 600000 unless said otherwise.',
    milliseconds,
  ),
};

type SaidPolicy = ValuesOf<typeof policyShapes>;

/** What is said of how ports are served, and what else is said. */
export function splitPolicy<Said extends SaidPolicy>(
  said: Said,
): { policy: Partial<PortPolicy>; rest: Omit<Said, keyof SaidPolicy> } {
  const entries = Object.entries(said);
  const isPolicy = ([key]: readonly [string, unknown]): boolean => Object.hasOwn(policyShapes, key);
  return {
    policy: Object.fromEntries(entries.filter(isPolicy)),
    rest: Object.fromEntries(entries.filter((entry) => !isPolicy(entry))) as Omit<Said, keyof SaidPolicy>,
  };
}

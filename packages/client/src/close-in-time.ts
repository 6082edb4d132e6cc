import type { SerialLink } from '@sercli/link';
import { SercliError } from '@sercli/protocol';

/** How long an agent that is asked to close may take none of what was written, in milliseconds. */
const patienceMs = 2_000;

/**
 * Closes a link after everything written has been handed to the device; one of whose bytes nothing is taken any more, or
 * whose agent does not answer, is given up.
 */
export async function closeInTime(link: SerialLink): Promise<void> {
  let taken = link.takenOffset;
  const timer = setInterval(() => {
    const reason = `nothing was taken for ${patienceMs / 1000} s while it was closed`;
    if (link.takenOffset === taken) link.abort(new SercliError('session-ended', { port: link.info.name, reason }));
    taken = link.takenOffset;
  }, patienceMs);
  await link.close();
  clearInterval(timer);
}

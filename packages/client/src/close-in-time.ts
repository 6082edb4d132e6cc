import type { SerialLink } from '@sercli/link';
import { SercliError } from '@sercli/protocol';

/** How long an agent that is asked to close may take none of what was written, in milliseconds. */
const patienceMs = 2_000;

/**
 * Closes a link after everything written has been handed to the device; one of whose bytes nothing is taken any more, or
 * whose agent does not answer, is given up.
 */
export async function closeInTime(link: SerialLink): Promise<void> {
  const closing = link.close();
  if (await unlessStuck(link, closing)) return;
  const reason = `nothing was taken for ${patienceMs / 1000} s while it was closed`;
  link.abort(new SercliError('session-ended', { port: link.info.name, reason }));
  await closing;
}

/** Waits for something as long as bytes of the link are taken. @returns whether it came about */
export async function unlessStuck(link: SerialLink, awaited: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const stuck = new Promise<boolean>((resolve) => {
    let taken = link.takenOffset;
    timer = setInterval(() => {
      if (link.takenOffset === taken) resolve(false);
      taken = link.takenOffset;
    }, patienceMs);
  });
  const done = await Promise.race([awaited.then(() => true), stuck]);
  clearInterval(timer);
  return done;
}

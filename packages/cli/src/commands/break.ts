import { defaultLimits, SercliError } from '@sercli/protocol';
import { printJson, printLine } from '../output/terminal.ts';
import { findPort, useInSession } from './port-session.ts';

export interface BreakFlags {
  readonly ms: string;
  readonly take?: true;
  readonly json?: true;
}

/** `sercli break`: holds the line in break, behind what was written before. */
export async function runBreak(text: string, flags: BreakFlags): Promise<void> {
  const ms = parseMilliseconds(flags.ms);
  const place = await findPort(text, 'control');
  await useInSession(place, {
    role: 'control',
    takes: flags.take === true,
    act: (link) => link.runSequence([{ break: true, waitMs: ms }, { break: false }]),
  });
  if (flags.json) printJson({ event: 'break', address: text, ms });
  else printLine(`${text}: a break of ${ms} ms was sent`);
}

function parseMilliseconds(text: string): number {
  const ms = Number(text);
  const { stepWaitMs } = defaultLimits;
  if (/^\d+(\.\d+)?$/.test(text) && ms > 0 && ms <= stepWaitMs) return ms;
  const what = `--ms "${text}" is no length of a break`;
  throw new SercliError('usage', { what, remedy: `give milliseconds up to ${stepWaitMs}` });
}

import type { SerialLink } from '@sercli/client/tools';
import { type ModemLines, type ModemOutputs, modemLineNames, SercliError } from '@sercli/protocol';
import { formatChange, formatLines } from '../output/line-report.ts';
import { printJson, printLine } from '../output/terminal.ts';
import { aborted } from './interruption.ts';
import { findPort, tellIfClosedAgain, useInSession } from './port-session.ts';

export interface LinesFlags {
  readonly dtr?: string;
  readonly rts?: string;
  readonly watch?: true;
  readonly take?: true;
  readonly json?: true;
}

/** `sercli lines`: shows the modem lines, sets the outputs among them, follows them. Who sets none only watches the port. */
export async function runLines(text: string, flags: LinesFlags): Promise<void> {
  const outputs = parseOutputs(flags);
  const isSetting = Object.keys(outputs).length > 0;
  if (flags.take && !isSetting) {
    const what = '--take takes control, and nothing is to be set';
    throw new SercliError('usage', { what, remedy: 'say what, as --dtr off, or leave it out' });
  }
  const role = isSetting ? 'control' : 'monitor';
  const place = await findPort(text, role);
  const report = new LineReport(text, flags.json === true);
  await useInSession(place, {
    role,
    takes: flags.take === true,
    linesChanged: (link) => report.changed(link.lines),
    act: async (link) => {
      if (isSetting) await link.runSequence([outputs]);
      report.show(link.lines, place.listed.state === 'open');
      if (!flags.json) tellIfClosedAgain(place);
      if (flags.watch) await watch(link, place.signal);
    },
  });
}

async function watch(link: SerialLink, signal: AbortSignal): Promise<void> {
  const error = await Promise.race([link.closed, aborted(signal)]);
  if (!signal.aborted && error !== undefined) throw error;
}

/** All lines at first, then those that change. */
class LineReport {
  readonly #address: string;
  readonly #isJson: boolean;
  #shown: ModemLines | undefined;

  constructor(address: string, isJson: boolean) {
    this.#address = address;
    this.#isJson = isJson;
  }

  /** @param wasOpen the lines are not those of a device that was opened just now */
  show(lines: ModemLines, wasOpen: boolean): void {
    this.#shown = lines;
    if (this.#isJson) printJson({ event: 'lines', address: this.#address, lines, wasOpen });
    else printLine(formatLines(lines));
  }

  changed(lines: ModemLines): void {
    const before = this.#shown;
    if (before === undefined) return;
    this.#shown = lines;
    const now = new Date();
    for (const line of modemLineNames) {
      if (lines[line] === before[line]) continue;
      const isOn = lines[line];
      if (this.#isJson) printJson({ event: 'line', address: this.#address, time: now.toISOString(), line, isOn });
      else printLine(formatChange(now, line, isOn));
    }
  }
}

function parseOutputs({ dtr, rts }: LinesFlags): Partial<ModemOutputs> {
  return {
    ...(dtr === undefined ? {} : { dtr: parseLevel('--dtr', dtr) }),
    ...(rts === undefined ? {} : { rts: parseLevel('--rts', rts) }),
  };
}

function parseLevel(flag: string, text: string): boolean {
  if (text === 'on' || text === 'off') return text === 'on';
  throw new SercliError('usage', { what: `${flag} "${text}" is no level`, remedy: 'write on or off' });
}

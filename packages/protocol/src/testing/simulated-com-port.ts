import { defaultLineSettings, type LineSettings, type LineSettingsChange } from '../line-settings.ts';
import { type FlushQueue, type ModemLines, noModemLines, type SequenceStep } from '../modem-lines.ts';
import type { ComPort, SettingsOutcome } from '../rfc2217/com-port.ts';

/** What a simulated port does with a change of settings. */
export type SimulatedDevice = (settings: LineSettings, change: LineSettingsChange) => LineSettings;

/** A port that does at once what its device can, or when the test says so. */
export class SimulatedComPort implements ComPort {
  settings: LineSettings = { ...defaultLineSettings, baudRate: 9600 };
  lines: ModemLines = noModemLines;
  hasLines = true;
  /** Settles nothing by itself. */
  isSlow = false;
  device: SimulatedDevice = (settings, change) => ({ ...settings, ...change });
  readonly log: string[] = [];
  readonly waiting: ((outcome: SettingsOutcome) => void)[] = [];

  configure(change: LineSettingsChange, settled: (outcome: SettingsOutcome) => void): void {
    this.log.push(`configure ${JSON.stringify(change)}`);
    if (this.isSlow) return void this.waiting.push(settled);
    this.settings = this.device(this.settings, change);
    settled(this.settings);
  }

  setLines(step: SequenceStep, applied: () => void): void {
    this.log.push(`lines ${JSON.stringify(step)}`);
    if (!this.hasLines) return;
    const { dtr = this.lines.dtr, rts = this.lines.rts } = step;
    this.lines = { ...this.lines, dtr, rts };
    applied();
  }

  purge(queue: FlushQueue, done: () => void): void {
    this.log.push(`purge ${queue}`);
    done();
  }

  suspend(isSuspended: boolean): void {
    this.log.push(isSuspended ? 'suspend' : 'resume');
  }
}

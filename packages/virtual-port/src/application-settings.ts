import { equalLineSettings, type LineSettings, lineSettingKeys } from '@sercli/protocol';
import {
  type FaultModes,
  faultModesOf,
  lineSettingsOf,
  makeRaw,
  readTermios,
  setExtproc,
  termiosFlags,
  withLineSettings,
  writeTermios,
} from '@sercli/tty';

/**
 * How long EXTPROC stays off after an application has cleared it, in milliseconds. Setting it is a read and a write; at
 * once, the write may undo what the application sets next, which comes within microseconds.
 */
const extprocDelayMs = 5;

/** How often the termios is read in case a notification was missed, in milliseconds. */
const safetyPollMs = 500;

/**
 * The line settings that an application gives its end of a pseudo terminal.
 *
 * The kernel tells of a tcsetattr while EXTPROC is set. It keeps a pseudo terminal at 8 data bits without parity,
 * so data bits and parity here are those that were last shown, whatever the application asked for.
 */
export class ApplicationSettings {
  readonly #ptmx: number;
  readonly #changed: (settings: LineSettings) => void;
  #settings: LineSettings;
  /** As the termios had it when it was last read. */
  #seen: LineSettings;
  #faultModes: FaultModes;
  #extprocTimer: NodeJS.Timeout | undefined;
  #safetyPoll: NodeJS.Timeout | undefined;

  constructor(ptmx: number, settings: LineSettings, changed: (settings: LineSettings) => void) {
    this.#ptmx = ptmx;
    this.#changed = changed;
    this.#settings = settings;
    const raw = makeRaw(readTermios(ptmx));
    writeTermios(ptmx, withLineSettings({ ...raw, local: termiosFlags.EXTPROC }, settings), 'now');
    const termios = readTermios(ptmx);
    this.#seen = lineSettingsOf(termios);
    this.#faultModes = faultModesOf(termios);
  }

  get settings(): LineSettings {
    return this.#settings;
  }

  /** What the application reads of breaks and errors, as it said last. */
  get faultModes(): FaultModes {
    return this.#faultModes;
  }

  /**
   * Makes the termios say these; they are not reported back. What the application has set and nobody has looked at yet
   * is reported instead and stays: it is newer than what is to be shown.
   */
  show(settings: LineSettings): void {
    const before = this.#settings;
    this.refresh();
    if (this.#settings !== before) return;
    this.#settings = settings;
    const termios = readTermios(this.#ptmx);
    // No write is without danger: the application may set something between this read and the write.
    if (equalLineSettings(lineSettingsOf(termios), withHiddenOf(settings))) return;
    writeTermios(this.#ptmx, withLineSettings(termios, settings), 'now');
    this.#seen = lineSettingsOf(readTermios(this.#ptmx));
  }

  /** Looks at the termios after a notification, and reports what has changed. */
  refresh(): void {
    const termios = readTermios(this.#ptmx);
    if (!(termios.local & termiosFlags.EXTPROC))
      this.#extprocTimer ??= setTimeout(() => this.#restoreExtproc(), extprocDelayMs);
    this.#faultModes = faultModesOf(termios);
    const seen = lineSettingsOf(termios);
    const before = this.#settings;
    this.#settings = withChanges(before, this.#seen, seen);
    this.#seen = seen;
    if (this.#settings !== before) this.#changed(this.#settings);
  }

  /** An application has the port open: notifications may be missed while EXTPROC is off. */
  startWatching(): void {
    this.#safetyPoll ??= setInterval(() => this.refresh(), safetyPollMs);
    this.refresh();
  }

  /** No application has the port open: nobody is there to be disturbed by setting EXTPROC at once. */
  stopWatching(): void {
    clearInterval(this.#safetyPoll);
    clearTimeout(this.#extprocTimer);
    this.#safetyPoll = undefined;
    this.#extprocTimer = undefined;
  }

  #restoreExtproc(): void {
    this.refresh();
    if (this.#extprocTimer === undefined) return;
    this.#extprocTimer = undefined;
    setExtproc(this.#ptmx, true);
    this.#faultModes = faultModesOf(readTermios(this.#ptmx));
  }
}

/** As the termios of a pseudo terminal says them. */
function withHiddenOf(settings: LineSettings): LineSettings {
  return { ...settings, dataBits: 8, parity: 'none' };
}

/** `settings` with what differs between two readings of the termios; the same object when nothing does. */
function withChanges(settings: LineSettings, before: LineSettings, after: LineSettings): LineSettings {
  const changed = lineSettingKeys.filter(
    (key) => after[key] !== before[key] && after[key] !== settings[key] && after[key] !== hangUpSpeed,
  );
  return changed.length === 0
    ? settings
    : { ...settings, ...Object.fromEntries(changed.map((key) => [key, after[key]])) };
}

/** B0 of termios(3) asks to drop the modem lines and names no speed. */
const hangUpSpeed = 0;

import type { LineSettings } from '@sercli/protocol';
import { type OpenEvents, type OpenWatch, type PolledFdHandlers, watchOpens } from '@sercli/tty';
import { ApplicationInput } from './application-input.ts';
import { ApplicationSettings } from './application-settings.ts';
import type { PortAccess } from './port-access.ts';
import { PtyEnd } from './pty-end.ts';

/** A pseudo terminal with what is known of its other end. */
export interface Terminal {
  readonly end: PtyEnd;
  readonly settings: ApplicationSettings;
  readonly input: ApplicationInput;
  readonly watch: OpenWatch;
}

export interface TerminalListener extends PolledFdHandlers {
  settings(settings: LineSettings): void;
  opens(events: OpenEvents): void;
}

/** Makes a pseudo terminal as if nobody had ever used it. Throws TtyError or SercliError. */
export function makeTerminal(access: PortAccess, initial: LineSettings, listener: TerminalListener): Terminal {
  const end = new PtyEnd(access, listener);
  try {
    const settings = new ApplicationSettings(end.polled.fd, initial, (changed) => listener.settings(changed));
    const input = new ApplicationInput(end.polled, () => settings.faultModes);
    end.tidy();
    return { end, settings, input, watch: watchOpens(end.path, (events) => listener.opens(events)) };
  } catch (error) {
    end.polled.close();
    throw error;
  }
}

export function releaseTerminal({ end, settings, watch }: Terminal): void {
  settings.stopWatching();
  watch.close();
  end.polled.close();
}

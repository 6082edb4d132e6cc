import {
  type Controller,
  defaultLineSettings,
  equalLineSettings,
  type LineSettings,
  type ModemLines,
  noModemLines,
  type Opened,
  type PortEvent,
} from '@sercli/protocol';
import type { LinkEvent } from '../serial-link.ts';

/** An event that has no place among the received bytes. */
export type PresentEvent = Exclude<PortEvent, { kind: 'break' | 'gap' | 'line-error' }>;

/** Where in the port's count of received bytes a session began. */
export interface StartPlace {
  readonly epoch: string;
  readonly offset: number;
}

/** What the peer has told of its port. */
export class RemotePort {
  settings: LineSettings = defaultLineSettings;
  lines: ModemLines = noModemLines;
  start: StartPlace = { epoch: '', offset: 0 };
  /** Who controls the port, if it is not this session. */
  controller: Controller | undefined;
  hasControl: boolean;
  /** Why the device is lost. */
  deviceLost: string | undefined;
  /** Written bytes that have left the device; undefined where the peer does not tell. */
  drainedOffset: number | undefined;

  constructor(hasControl: boolean) {
    this.hasControl = hasControl;
  }

  open({ settings, lines, epoch, offset, token, controller }: Opened): void {
    this.settings = settings;
    this.lines = lines;
    this.start = { epoch, offset };
    this.controller = controller;
    // Peers that give a token tell what was drained: both came with wire version 2.
    this.drainedOffset = token === undefined ? undefined : 0;
  }

  /** @returns the event to tell, where they are others than before */
  setSettings(settings: LineSettings): LinkEvent | undefined {
    if (equalLineSettings(settings, this.settings)) return undefined;
    this.settings = settings;
    return { kind: 'settings', settings };
  }

  /**
   * Notes what happened.
   *
   * @param written how many bytes were written and how many of them the device's driver has taken
   * @returns the event to tell
   */
  note(event: PresentEvent, written: { readonly offset: number; readonly taken: number }): LinkEvent | undefined {
    switch (event.kind) {
      case 'inputs':
        this.lines = { ...this.lines, ...event.inputs, ...event.outputs };
        return { kind: 'lines', lines: this.lines };
      case 'settings':
        return this.setSettings(event.settings);
      case 'lost':
        this.deviceLost = event.reason;
        return undefined;
      case 'back':
        this.deviceLost = undefined;
        this.lines = event.lines;
        return this.setSettings(event.settings);
      case 'drained':
        this.drainedOffset = event.sent;
        return { kind: 'drained', offset: event.sent };
      case 'in-doubt':
        // They are told once: only what is written from now on can be in doubt again.
        this.drainedOffset = written.taken;
        return event;
      case 'hold':
        return event;
      case 'control':
        return this.#noteControl(event, written.offset);
      default:
        return event satisfies never;
    }
  }

  #noteControl(
    { isYours, taken, controller }: Extract<PortEvent, { kind: 'control' }>,
    writeOffset: number,
  ): LinkEvent {
    const unsentBytes = this.hasControl && !isYours ? writeOffset - taken : 0;
    this.hasControl = isYours;
    this.controller = controller;
    return { kind: 'control', hasControl: isYours, controller, unsentBytes };
  }
}

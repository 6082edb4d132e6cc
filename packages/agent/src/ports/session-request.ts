import type { LineSettingsChange } from '@sercli/protocol';
import type { Holder, WhenBusy } from './port-control.ts';
import type { ReplayStart } from './replay-start.ts';

/** What a session wants of a port. */
export interface SessionRequest {
  readonly holder: Holder;
  /** Of who controls the port; a monitor takes the port as it is. */
  readonly settings: LineSettingsChange;
  readonly role: 'control' | 'monitor';
  /** Where `role` is control, and others have it. */
  readonly whenBusy: WhenBusy;
  readonly start: ReplayStart;
  /** One that reads too late is ended, whatever the port's policy is: its client cannot be told of a gap. */
  readonly endsOnOverflow?: boolean | undefined;
  /** One whose control is taken is ended, and does not monitor from then on: its client cannot be told. */
  readonly endsWhenTaken?: boolean | undefined;
  /** What the device is sent when the session ends, if it controls the port then. */
  readonly farewell?: (() => Uint8Array) | undefined;
}

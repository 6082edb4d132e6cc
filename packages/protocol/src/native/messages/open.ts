import * as v from 'valibot';
import { jsonBody } from '../body.ts';
import { lineSettingsChange, offset, portName } from './fields.ts';

/**
 * OPEN: begins a session on a port, on a channel that the sender chooses.
 *
 *     {"port": "ttyS0", "settings": {"baudRate": 9600}, "window": 262144}
 *
 * `settings` are applied before the first byte. The agent may send `window` bytes before the first ACK.
 */
const schema = v.object({
  port: portName,
  settings: v.optional(lineSettingsChange, {}),
  window: offset,
});

export type Open = v.InferOutput<typeof schema>;
export const openBody = jsonBody<Open>(schema);

import type { Rs485 } from '@sercli/tty';
import { flag, oneOf, wholeNumber } from './scalar-shapes.ts';
import { described, mapping, refined, type Shape } from './shape.ts';

/** The kernel makes 100 ms of more (RS485_MAX_RTS_DELAY of drivers/tty/serial/serial_core.c). */
const delayMs = wholeNumber(0, 100, 'milliseconds');

/** `rs485: {}` is RTS on while bytes are sent, without delays. */
export const rs485Shape: Shape<Rs485> = refined(
  mapping({
    rtsOnSend: described('RTS while bytes are sent; on unless said otherwise.', oneOf(['on', 'off'])),
    delayBeforeSendMs: described('Between RTS and the first bit, in milliseconds.', delayMs),
    delayAfterSendMs: described('Between the last bit and RTS, in milliseconds.', delayMs),
    rxDuringTx: described('Whether what is sent is received too.', flag()),
  }),
  ({ rtsOnSend = 'on', delayBeforeSendMs = 0, delayAfterSendMs = 0, rxDuringTx = false }) => ({
    rtsOnSend: rtsOnSend === 'on',
    delayBeforeSendMs,
    delayAfterSendMs,
    rxDuringTx,
  }),
);

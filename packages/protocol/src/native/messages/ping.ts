import { integerBody } from '../body.ts';

/**
 * PING: asks for a sign of life. PONG: gives it, with the same number.
 *
 *     u32 number
 */
export const pingBody = integerBody([['number', 4]]);

/** Result codes, word and number (ITU-T V.250 section 6.1 and the Hayes extensions). */
export const results = {
  OK: 0,
  CONNECT: 1,
  RING: 2,
  'NO CARRIER': 3,
  ERROR: 4,
  'NO DIALTONE': 6,
  BUSY: 7,
  'NO ANSWER': 8,
} as const;

export type ModemResult = keyof typeof results;

/** The CONNECT codes that name a speed, bits per second to number. */
const connectNumbers = new Map([
  [300, 1],
  [1200, 5],
  [2400, 10],
  [4800, 11],
  [9600, 12],
  [14400, 13],
  [19200, 14],
  [38400, 28],
  [57600, 18],
  [115200, 87],
]);

/** A result as the switches X and V want it. X0 knows neither speeds nor BUSY, X1 to X3 less than X4. */
export function resultText(result: ModemResult, baudRate: number, extended: number): { word: string; number: number } {
  const seen = withoutExtensions(result, extended);
  if (seen !== 'CONNECT' || extended === 0) return { word: seen, number: results[seen] };
  return { word: `CONNECT ${baudRate}`, number: connectNumbers.get(baudRate) ?? results.CONNECT };
}

function withoutExtensions(result: ModemResult, extended: number): ModemResult {
  if (result === 'BUSY' && extended < 3) return 'NO CARRIER';
  if (result === 'NO DIALTONE' && extended !== 2 && extended !== 4) return 'NO CARRIER';
  return result;
}

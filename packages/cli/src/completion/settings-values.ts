import { behind, type Candidate, wordsOf } from './candidate.ts';

const speeds = [1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600].map(String);

const formats: readonly Candidate[] = [
  { word: '8N1', does: '8 data bits, no parity, 1 stop bit' },
  { word: '8E1', does: '8 data bits, even parity, 1 stop bit' },
  { word: '8O1', does: '8 data bits, odd parity, 1 stop bit' },
  { word: '8N2', does: '8 data bits, no parity, 2 stop bits' },
  { word: '7E1', does: '7 data bits, even parity, 1 stop bit' },
  { word: '7O1', does: '7 data bits, odd parity, 1 stop bit' },
  { word: '7M1', does: '7 data bits, mark parity, 1 stop bit' },
  { word: '7S1', does: '7 data bits, space parity, 1 stop bit' },
];

const flowControls: readonly Candidate[] = [
  { word: 'rtscts', does: 'hardware flow control' },
  { word: 'xonxoff', does: 'software flow control' },
  { word: 'none', does: 'no flow control' },
];

/** Line settings as `parseLineSettings` reads them: `9600,7E1,rtscts`. The next part of what stands there. */
export function settingsValues(typed: string): readonly Candidate[] {
  const head = typed.slice(0, typed.lastIndexOf(',') + 1);
  if (head === '') return wordsOf(speeds);
  const hasFormat = /,[5-8][neoms]/i.test(head);
  return behind(head, hasFormat ? flowControls : [...formats, ...flowControls]);
}

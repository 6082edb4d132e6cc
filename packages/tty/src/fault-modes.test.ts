import { expect, it } from 'vitest';
import { faultModesOf } from './fault-modes.ts';
import { type Termios, termiosFlags } from './termios.ts';

const { IGNBRK, BRKINT, IGNPAR, PARMRK, INPCK, EXTPROC } = termiosFlags;
const modesOf = (input: number, local = 0) => faultModesOf({ input, local } as Termios);

it.each([
  { input: 0, reads: ['nul', 'byte'] },
  { input: IGNBRK | PARMRK, reads: ['nothing', 'byte'] },
  { input: BRKINT, reads: ['nothing', 'byte'] },
  { input: INPCK, reads: ['nul', 'nul'] },
  { input: INPCK | IGNPAR | PARMRK, reads: ['mark', 'nothing'] },
  { input: INPCK | PARMRK, reads: ['mark', 'mark'] },
])('c_iflag $input reads breaks and errors as $reads', ({ input, reads }) => {
  const { break: breaks, error } = modesOf(input);
  expect([breaks, error]).toEqual(reads);
});

it('leaves ff to the kernel unless EXTPROC takes it from it', () => {
  expect([modesOf(PARMRK), modesOf(0, EXTPROC)].map(({ doublesMarks }) => doublesMarks)).toEqual([false, false]);
  expect(modesOf(PARMRK, EXTPROC).doublesMarks).toBe(true);
});

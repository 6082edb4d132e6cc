import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BulletinBoard } from './bulletin-board.ts';
import { BoardMemory } from './bulletin-board-memory.ts';

function call(memory = new BoardMemory()) {
  let screen = '';
  let now = 0;
  let isOver = false;
  const board = new BulletinBoard(
    {
      now: () => now,
      say: (text) => {
        screen += text;
      },
      hangUp: () => {
        isOver = true;
      },
    },
    memory,
  );
  const type = (text: string): string => {
    screen = '';
    for (const sign of text) board.receive(sign.charCodeAt(0));
    return screen;
  };
  const wait = (ms: number): void => {
    now += ms;
  };
  board.start();
  return { memory, type, wait, greeting: screen, isOver: () => isOver };
}

describe('the bulletin board', () => {
  it('greets in plain ASCII, no line wider than 80', () => {
    const { greeting, type } = call();
    const seen = `${greeting}${type('Ann\rh  ?w')}`;
    expect(seen.replace(/[\r\n\b]/g, '')).toMatch(/^[ -~]*$/);
    expect(Math.max(...seen.split(/\r\n|\r/).map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it('welcomes a new caller, and knows one who comes again', () => {
    const { memory, type, greeting } = call();
    expect(greeting).toContain('You are caller 1978.');
    expect(type('Ann\r')).toContain('Hello Ann, you are new here');
    const again = call(memory);
    expect(again.type('ann\r')).toContain('Welcome back, ann.');
    expect(again.type('w')).toMatch(/latest first:\r\n {2}ann\r\n/);
  });

  it('asks until it has a name, and edits with backspace', () => {
    const { type } = call();
    expect(type('\r')).toContain('Yours?');
    expect(type('Anm\x7fn\r')).toContain('Hello Ann,');
  });

  it('keeps what is posted for the next caller', () => {
    const { memory, type } = call();
    type('Ann\r');
    expect(type('pTesting\rOne\rTwo\r.\r')).toContain('Posted.');
    const next = call(memory);
    next.type('Bob\r');
    expect(next.type('r')).toContain('5  Testing');
    expect(next.type('5\r')).toContain('From:    Ann\r\nSubject: Testing\r\n\r\nOne\r\nTwo\r\n');
    expect(next.type('99\r')).toContain('no such message');
    expect(next.type('\r')).toContain('Your choice?');
  });

  it('shows the long text a screen at a time', () => {
    const { type } = call();
    type('Ann\r');
    const first = type('h');
    expect(first.split('\r\n')).toHaveLength(24);
    expect(first).toContain('any key for more');
    expect(type(' ')).toContain('that is what still answers.');
    type('h');
    expect(type('q')).toContain('Your choice?');
  });

  it('plays a game that can be won', () => {
    const { type } = call();
    type('Ann\rg');
    let [low, high] = [50, 9999];
    let heard = '';
    // 2^12 is less than the speeds there are: start from what a good listener has narrowed it to after the first noise.
    for (let guess = 0; guess < 12 && !/Clear as day|It was/.test(heard); guess += 1) {
      const middle = Math.floor((low + high) / 2);
      heard = type(`${middle}\r`);
      if (heard.includes('too slow')) low = middle + 1;
      else high = middle - 1;
    }
    expect(heard).toMatch(/Clear as day|It was \d+\./);
    expect(heard).toContain('Your choice?');
  });

  it('tells the time online, and says goodbye', () => {
    const { type, wait, isOver } = call();
    type('Ann\r');
    wait(83_000);
    expect(type('t')).toContain('online for 1 min 23 s');
    expect(type('b')).toContain('Goodbye Ann.');
    expect(isOver()).toBe(true);
    expect(type('hello?')).toBe('');
  });

  it('survives any typing, and remembers a bounded number of callers and messages', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.constantFrom('\r', 'p', 'r', 'g', 'h', 'w', '.\r'))), (typed) => {
        const { memory, type } = call();
        for (const text of typed) expect(type(text).length).toBeLessThan(8000 * (text.length + 1));
        expect(memory.callers.length).toBeLessThanOrEqual(20);
      }),
    );
    const memory = new BoardMemory();
    for (let index = 0; index < 200; index += 1) call(memory).type(`caller ${index}\rps\rline\r.\r`);
    expect(memory.messages).toHaveLength(50);
    expect(memory.callers).toHaveLength(20);
  });
});

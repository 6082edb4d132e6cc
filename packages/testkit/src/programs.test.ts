import { describe, expect, it } from 'vitest';
import { ChildProgram } from './child-program.ts';
import { TerminalProgram } from './terminal-program.ts';

describe('ChildProgram', () => {
  it('waits for output piece by piece, and for the exit code', async () => {
    const program = await ChildProgram.start('sh', ['-c', 'echo one two; read line; echo "$line" >&2; exit 3']);
    await program.stdout.waitFor(/one/);
    await program.stdout.waitFor(/two/);
    program.stdin.write('three\n');
    await program.stderr.waitFor(/three/);
    await program.expectExit(3);
  });

  it('says what was printed when the awaited text does not come', async () => {
    const program = await ChildProgram.start('sh', ['-c', 'echo something else']);
    await expect(program.stdout.waitFor(/hello/)).rejects.toThrow(/ended with 0.*something else/s);
    await expect(program.expectExit(1)).rejects.toThrow(/ended with 0, not 1/);
  });

  it('rejects when there is no such program', async () => {
    await expect(ChildProgram.start('/no/such/program', [])).rejects.toThrow(/ENOENT/);
  });
});

describe('TerminalProgram', () => {
  it('types into a program and reads its screen', async () => {
    const program = new TerminalProgram('sh', ['-c', 'test -t 0 && stty size && read line && echo "<$line>"']);
    await program.screen.waitFor(/24 80/);
    program.type('hello\r');
    await program.screen.waitFor(/<hello>/);
    expect(await program.expectExit()).toEqual({ code: 0, signal: null });
  });

  it('ends a program that does not end by itself', async () => {
    const program = new TerminalProgram('sleep', ['1000']);
    expect(await program.end()).toEqual({ code: null, signal: '9' });
    expect(await program.end()).toEqual({ code: null, signal: '9' });
  });
});

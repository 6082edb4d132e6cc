import { describe, expect, it } from 'vitest';
import { faultsOf, isRun } from './support/documents/block-rules.ts';
import { commandsOf, type TypedCommand } from './support/documents/command-lines.ts';
import { type Block, blocksOf } from './support/documents/documents.ts';
import { lastingProgram } from './support/documents/lasting-programs.ts';
import { unknownIn } from './support/documents/named-commands.ts';
import { printedLike } from './support/documents/shown-output.ts';

const blocks = (info: string, text: string): Block[] => blocksOf('page.md', `\`\`\`${info}\n${text}\n\`\`\`\n`);
const faults = (info: string, text = 'sercli ls'): string[] => blocks(info, text).flatMap(faultsOf);
const typed = (info: string, text: string): TypedCommand[] => blocks(info, text).flatMap(commandsOf);

describe('a block of a document', () => {
  it('is run, or says why not', () => {
    expect(blocks('sh', 'sercli ls').map(isRun)).toEqual([true]);
    expect(blocks('sh not-run="it needs a stick"', 'sercli ls').map(isRun)).toEqual([false]);
    expect(faults('sh not-run="it needs a stick"')).toEqual([]);
  });

  it.each([
    ['', 'a block of "" is neither run nor marked'],
    ['bash', 'a block of "bash" is neither run nor marked'],
    ['text', 'a block of text has a command'],
    ['sh when="later"', 'when says nothing of a block of sh'],
    ['sh on="desktop"', 'there is no machine desktop'],
    ['sh run-by="test/none.test.ts"', 'there is no test/none.test.ts'],
    ['sh run-by="test/docs-convention.test.ts"', 'does not run "sercli reset'],
  ])('is a fault when it is %s', (info, fault) => {
    const command = ['sercli', 'reset', 'SerialMachine/ttyS0'].join(' ');
    expect(faults(info, command).join()).toContain(fault);
  });

  it('is a fault when it is set in and nothing more', () => {
    expect(blocksOf('page.md', 'text\n\n    sercli ls\n').flatMap(faultsOf)).toHaveLength(1);
  });

  it('may only install a package of the repository', () => {
    expect(faults('', 'npm install @sercli/protocol')).toEqual([]);
    expect(faults('', 'npm install left-pad && sercli ls')).toHaveLength(1);
  });
});

describe('what is typed', () => {
  it('is each command, with lines that belong together', () => {
    const text = "# a comment\none \\\n  goes on\ncat >file <<'E'\ninside\nE\nlast";
    expect(typed('sh on="SerialMachine" exits="4"', text)).toMatchObject([
      { machine: 'SerialMachine', line: 'one \\\n  goes on', exit: 0 },
      { line: "cat >file <<'E'\ninside\nE", exit: 0 },
      { line: 'last', exit: 4 },
    ]);
  });

  it('is told from what is printed by its prompt', () => {
    expect(typed('console', 'still printed\nlaptop$ one\nprinted\nSerialMachine$ two')).toMatchObject([
      { machine: 'laptop', line: '', shown: ['still printed'] },
      { machine: 'laptop', line: 'one', shown: ['printed'] },
      { machine: 'SerialMachine', line: 'two', shown: [] },
    ]);
  });

  it('makes a file of a block that is one, and is hidden in comments', () => {
    const [write] = typed('yaml on="SerialMachine" file="~/.config/sercli/sercli.yaml"', 'name: x');
    expect(write?.line).toMatch(/cat >~\/\.config\/sercli\/sercli\.yaml <<'END_OF_FILE'\nname: x\n/);
    const hidden = blocksOf('page.md', 'a\n\n<!-- run on laptop: mkdir dev -->\n```sh\nls dev\n```\n');
    expect(hidden.map(({ isHidden }) => isHidden)).toEqual([true, false]);
  });

  it('lasts, whatever stands before it', () => {
    expect(lastingProgram('SERCLI_IDENTITY=/x sudo sercli agent --open')?.name).toBe('sercli agent');
    expect(lastingProgram('sercli agent --check')).toBeUndefined();
  });
});

describe('what is named', () => {
  it('has to be there', () => {
    expect(unknownIn('sercli attach HOST/PORT --link PATH; sercli agent reload')).toEqual([]);
    expect(unknownIn('sercli COMMAND --help')).toEqual([]);
    expect(unknownIn('sercli attach HOST/PORT --links PATH')).toEqual([expect.stringContaining('"--links"')]);
    expect(unknownIn('sudo sercli detach')).toEqual([expect.stringContaining('"detach"')]);
  });
});

describe('what is printed', () => {
  it.each([
    ['this client K7QF-2M7X-4TRA-PL3E', 'this client    ABCD-EFGH-2345-WXYZ'],
    ['SerialMachine at 192.168.1.7 (sercli/0.1.0)', 'SerialMachine at 10.0.0.1 (sercli/1.2.3)'],
    ['anna@laptop since 10:04 ...', 'root@laptop since 23:59 and more'],
  ])('may be another example: %s', (shown, printed) => {
    expect(`before\n${printed}\nafter`).toMatch(printedLike(shown));
  });

  it('is the same in all else', () => {
    expect('SerialMachine at 10.0.0.1 (open)').not.toMatch(printedLike('SerialMachine at 192.168.1.7 (closed)'));
    expect('this client is K7QF').not.toMatch(printedLike('this client is K7QF-2M7X-4TRA-PL3E'));
    expect('more than is shown').not.toMatch(printedLike('more than is'));
  });
});

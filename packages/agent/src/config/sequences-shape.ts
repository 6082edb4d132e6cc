import { parseSequence, sequenceNamePattern } from '@sercli/protocol';
import { parsedText } from './scalar-shapes.ts';
import { named, refined, type Shape, section } from './shape.ts';

const nameRule = 'letters, digits, . _ and -, 64 at most, the first a letter';

const sequenceShape = parsedText('a line sequence as dtr=off 100ms dtr=on', checkedSequence, {
  examples: ['dtr=off,rts=on 100ms rts=off', 'break=on 500ms break=off'],
});

/** Line sequences by name, as they are written. */
export const sequencesShape: Shape<Readonly<Record<string, string>>> = refined(
  section(named(sequenceNamePattern, nameRule, sequenceShape)),
  (sequences) => Object.fromEntries(sequences.map(({ name, value }) => [name, value])),
);

/** Agents tell sequences as text, and clients read it. */
function checkedSequence(text: string): string {
  parseSequence(text);
  return text;
}

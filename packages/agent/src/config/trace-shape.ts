import type { TraceConfig } from '../ports/trace-config.ts';
import { flag, oneOf, text } from './scalar-shapes.ts';
import { described, mapping, oneOrSeveral, refined, type Shape } from './shape.ts';

const oneTrace: Shape<TraceConfig> = refined(
  mapping({
    file: described(
      "Path of the file, with ser2net's escapes as \\Y-\\m-\\D and \\I; it is appended to.",
      text('an absolute path of at most 1024 characters', /^\/.{0,1023}$/s),
    ),
    data: described(
      'What goes there: both (unless said otherwise), received or written.',
      oneOf(['both', 'received', 'written']),
    ),
    hexdump: described('Whether it is written as hexadecimal digits, eight bytes a line.', flag()),
    timestamps: described('Whether lines, and who comes and goes, are written with the time.', flag()),
  }),
  ({ file, data = 'both', hexdump = false, timestamps = false }, node) => {
    if (file === undefined) return void node.report('has no file; add one, as file: /var/log/plc.trace');
    return { file, data, hexdump, timestamps };
  },
  { required: ['file'] },
);

/** One trace file or several. */
export const tracesShape: Shape<readonly TraceConfig[]> = oneOrSeveral(oneTrace);

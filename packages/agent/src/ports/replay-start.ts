import type { SessionStart } from '@sercli/protocol';
import type { CursorStart } from './log-cursor.ts';
import type { LogPlace, PortLog } from './port-log.ts';

/** Where in what a port has received a session begins to read. */
export type ReplayStart = SessionStart;

/**
 * Where a reader begins: at a byte that the log has forgotten, to find a gap of the exact size there; at the end and
 * behind a gap of unknown size, if the byte is none of this log's.
 *
 * @param now where those begin who want nothing of what was before
 */
export function startOf(log: PortLog, start: ReplayStart, now: LogPlace): CursorStart {
  switch (start.kind) {
    case 'now':
      return now;
    case 'all':
      return log.placeAt(log.startOffset);
    case 'last':
      return log.placeAt(Math.max(log.startOffset, log.endOffset - start.bytes));
    case 'since':
      return log.placeAt(log.offsetSince(start.ms));
    case 'offset': {
      const isOfThisLog = start.offset <= log.endOffset && (start.epoch ?? log.epoch) === log.epoch;
      return isOfThisLog ? log.placeAt(start.offset) : { ...log.endPlace, isAfterGap: true };
    }
    default:
      return start satisfies never;
  }
}

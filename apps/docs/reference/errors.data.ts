import { type ErrorCode, errorTable } from '@sercli/protocol';
import { errorMeanings } from './error-meanings.ts';

interface ErrorRow {
  readonly code: string;
  readonly exit: number;
  readonly template: string;
  readonly means: string;
  readonly remedy: string;
}

declare const data: ErrorRow[];

export { data };

export default {
  load(): ErrorRow[] {
    const codes = Object.keys(errorTable) as ErrorCode[];
    return codes.map((code) => ({ code, ...errorTable[code], ...errorMeanings[code] }));
  },
};

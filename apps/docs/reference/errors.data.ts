import { errorTable } from '@sercli/protocol';

interface ErrorRow {
  readonly code: string;
  readonly exit: number;
  readonly template: string;
}

declare const data: ErrorRow[];

export { data };

export default {
  load(): ErrorRow[] {
    return Object.entries(errorTable).map(([code, { exit, template }]) => ({ code, exit, template }));
  },
};

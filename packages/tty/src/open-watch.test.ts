import { expect, it } from 'vitest';
import { openPty, openTty } from './open-tty.ts';
import { type OpenEvents, watchOpens } from './open-watch.ts';
import { closeFd } from './system-calls.ts';

it('tells of opens and closes, merged, until it is closed', async () => {
  const { ptmx, path } = openPty();
  let tell: (events: OpenEvents) => void = () => expect.unreachable();
  const told = (): Promise<OpenEvents> =>
    new Promise((resolve) => {
      tell = resolve;
    });
  const watch = watchOpens(path, (events) => tell(events));

  const opened = told();
  const fd = openTty(path);
  expect(await opened).toEqual({ opened: true, closed: false });

  const both = told();
  closeFd(fd);
  closeFd(openTty(path));
  expect(await both).toEqual({ opened: true, closed: true });

  tell = () => expect.unreachable();
  closeFd(openTty(path));
  watch.discard();
  const last = told();
  const again = openTty(path);
  expect(await last).toEqual({ opened: true, closed: false });
  watch.close();
  closeFd(again);
  closeFd(ptmx);
});

it('says what it cannot watch', () => {
  expect(() => watchOpens('/dev/pts/987654', () => undefined)).toThrow(
    expect.objectContaining({ code: 'ENOENT', syscall: 'inotify_add_watch' }),
  );
});

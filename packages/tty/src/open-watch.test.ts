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

it('tells each of many watchers of its own file alone, and takes one instance of inotify for all', async () => {
  // A user may have 128 instances by default (fs.inotify.max_user_instances).
  const ptys = Array.from({ length: 150 }, () => openPty());
  const told: number[] = [];
  let tell = (): void => undefined;
  const watches = ptys.map(({ path }, index) =>
    watchOpens(path, () => {
      told.push(index);
      if (told.length === 2) tell();
    }),
  );
  const both = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const opened = [0, 75, 149].map((index) => openTty(ptys[index]?.path ?? ''));
  // What another one discards is still told.
  watches[75]?.discard();
  await both;
  expect(told.sort((one, other) => one - other)).toEqual([0, 149]);
  for (const watch of watches) watch.close();
  for (const fd of [...opened, ...ptys.map(({ ptmx }) => ptmx)]) closeFd(fd);
});

it('tells two watchers of one file, and one when the other has closed', async () => {
  const { ptmx, path } = openPty();
  const told: string[] = [];
  let tell = (): void => undefined;
  const first = watchOpens(path, () => told.push('first'));
  const second = watchOpens(path, () => {
    told.push('second');
    tell();
  });
  for (const expected of [['first', 'second'], ['second']]) {
    told.length = 0;
    const done = new Promise<void>((resolve) => {
      tell = resolve;
    });
    const fd = openTty(path);
    await done;
    expect(told).toEqual(expected);
    first.close();
    closeFd(fd);
    second.discard();
  }
  second.close();
  closeFd(ptmx);
});

it('says what it cannot watch', () => {
  expect(() => watchOpens('/dev/pts/987654', () => undefined)).toThrow(
    expect.objectContaining({ code: 'ENOENT', syscall: 'inotify_add_watch' }),
  );
});

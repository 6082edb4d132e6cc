/** Rejects when somebody wants this program to end (Ctrl-C), and the signals do nothing else any more. */
export const interrupted = new Promise((_, reject) => {
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => reject(new Interruption()));
});
interrupted.catch(() => undefined);

export class Interruption extends Error {
  constructor() {
    super('interrupted');
  }
}

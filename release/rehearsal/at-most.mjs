/** Runs functions, so many at a time. After a failure none is begun; rejects with it when the others have ended. */
export async function atMost(count, functions) {
  const waiting = [...functions];
  const runNext = async () => {
    for (let run = waiting.shift(); run !== undefined; run = waiting.shift()) {
      try {
        await run();
      } catch (error) {
        waiting.length = 0;
        throw error;
      }
    }
  };
  const results = await Promise.allSettled(Array.from({ length: count }, runNext));
  const failure = results.find(({ status }) => status === 'rejected');
  if (failure !== undefined) throw failure.reason;
}

// Loaded into a program with --import and --expose-gc: at SIGUSR2 it says how many bytes of its heap survive a garbage
// collection, and how many the process has in memory.
process.on('SIGUSR2', () => {
  globalThis.gc();
  const { heapUsed, rss } = process.memoryUsage();
  process.stderr.write(`heap ${heapUsed}, resident ${rss}\n`);
});

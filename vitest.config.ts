import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Polled file descriptors live on the process's default loop: in a worker thread they kill the process.
    pool: 'forks',
    globalSetup: 'packages/cli/scripts/bundle.mjs',
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: [
            'packages/*/src/**/*.test.ts',
            'scripts/*.test.mjs',
            'release/**/*.test.mjs',
            'bench/**/*.test.mjs',
          ],
          // Some try thousands of inputs: a busy machine is no error.
          testTimeout: 60_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'end-to-end',
          include: ['test/*.test.ts'],
          // They measure times and processor use: after all others, and one file at a time.
          sequence: { groupOrder: 1 },
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'hardware',
          include: ['test/hardware/*.test.ts'],
          sequence: { groupOrder: 2 },
          // One guest at a time: each is an emulated machine with two processors.
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 240_000,
        },
      },
    ],
  },
});

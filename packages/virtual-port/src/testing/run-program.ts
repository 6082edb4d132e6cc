import { spawn } from 'node:child_process';

/** Runs a program to its end and resolves to what it printed; rejects when it fails. */
export function runProgram(command: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString('latin1');
    });
    child.stderr.on('data', (chunk: Buffer) => {
      output += chunk.toString('latin1');
    });
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve(output) : reject(new Error(`${command} ended with ${code}: ${output}`)),
    );
  });
}

/** Runs a Python program, which may import serial (pyserial). */
export function runPython(program: string, ...args: string[]): Promise<string> {
  return runProgram('/usr/bin/python3', ['-c', program, ...args]);
}

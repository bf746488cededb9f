// SPDX-License-Identifier: Apache-2.0
/**
 * The baseline of the trial benchmark: what a kernel developer writes for an evening of boots. One
 * shell script, one QEMU command a trial, the console and the results into files.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface LoopTrial {
  readonly name: string;
  /** Undefined runs the reproducer natively under taskset. */
  readonly guest?: {
    readonly kernelPath: string;
    readonly smp: number;
    readonly memoryMib: number;
    readonly commandLine: string;
  };
}

export interface LoopEnd {
  /** Of the whole script, the making of its initramfs included. */
  readonly wallMs: number;
  readonly trials: ReadonlyMap<string, { readonly wholeMs: number; readonly reproducerMs: number }>;
}

export interface LoopFiles {
  readonly folder: string;
  readonly initPath: string;
  readonly reproducerPath: string;
  readonly arguments: readonly string[];
  /** For native trials. */
  readonly cpu: number;
}

/** Throws when the script fails, or a guest of it gives no result. */
export function runShellLoop(files: LoopFiles, trials: readonly LoopTrial[]): LoopEnd {
  const script = join(files.folder, 'loop.sh');
  writeFileSync(script, scriptOf(files, trials));
  const startMs = performance.now();
  const ended = spawnSync('sh', [script], { cwd: files.folder, encoding: 'utf8' });
  const wallMs = performance.now() - startMs;
  if (ended.status !== 0) throw new Error(`the loop ended with ${ended.status}: ${ended.stderr}`);
  const lines = readFileSync(join(files.folder, 'times'), 'utf8').trim().split('\n');
  return { wallMs, trials: new Map(lines.map(readLine)) };
}

function readLine(line: string): [string, { wholeMs: number; reproducerMs: number }] {
  const [name = '', wholeNs, reproducerMs] = line.split(' ');
  const times = { wholeMs: Number(wholeNs) / 1e6, reproducerMs: Number(reproducerMs) };
  if (times.wholeMs > 0 && times.reproducerMs > 0) return [name, times];
  throw new Error(`the loop's trial has no result: ${line}`);
}

const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

/**
 * The machine, CPUs, memory, serial ports and command line are those of labsweep's plain boot; what
 * a script would not do is left out. `quiet` is what scripts use, and spares the loop the console.
 * A guest of two CPUs now and then dies under emulation; like labsweep's it is run again.
 */
function scriptOf(files: LoopFiles, trials: readonly LoopTrial[]): string {
  const words = files.arguments.map(quote).join(' ');
  return `#!/bin/sh
set -eu
rm -rf root times; mkdir -p root/labsweep root/dev root/proc root/sys root/tmp
cp ${quote(files.initPath)} root/init
cp ${quote(files.reproducerPath)} root/labsweep/reproducer
printf '%s\\0' /labsweep/reproducer ${words} >root/labsweep/argv
(cd root && find . | cpio --quiet -o -H newc | gzip) >initramfs.gz

guest() { # name kernel smp memory command-line
  for turn in 1 2 3; do
    start=$(date +%s%N)
    rm -f console results
    qemu-system-x86_64 -nodefaults -no-user-config -display none -no-reboot \\
      -machine q35,accel=tcg \\
      -smp "$3" -m "$4" -kernel "$2" -initrd initramfs.gz \\
      -append "console=ttyS0 quiet panic=-1 $5" \\
      -serial file:console -serial file:results
    if grep -q ' exit code=0' results; then break; fi
    echo "$1 gave no result in turn $turn" >&2
  done
  grep -q ' exit code=0' results
  reproducer_ms=$(sed -n 's/.* fact reproducer_wall_ms=//p' results)
  end=$(date +%s%N)
  echo "$1 $((end - start)) $reproducer_ms" >>times
}

native() { # name
  start=$(date +%s%N)
  taskset -c ${files.cpu} ${quote(files.reproducerPath)} ${words} >results
  grep -q '^result ' results
  end=$(date +%s%N)
  echo "$1 $((end - start)) $(((end - start) / 1000000))" >>times
}

${trials.map(callOf).join('\n')}
`;
}

function callOf({ name, guest }: LoopTrial): string {
  if (guest === undefined) return `native ${quote(name)}`;
  const { kernelPath, smp, memoryMib, commandLine } = guest;
  return `guest ${[name, kernelPath, String(smp), `${memoryMib}M`, commandLine].map(quote).join(' ')}`;
}

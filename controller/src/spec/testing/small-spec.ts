// SPDX-License-Identifier: Apache-2.0
/** A faultless spec of a few lines, to break in tests. */

export const SMALL_SPEC = `name = "window"
baseline = "v6.16"
repetitions = 3
[kernels]
"v6.12" = "debian:bookworm-security/linux-image-6.12-cloud-amd64"
"v6.16" = "file:build/bzImage"
running = "host"
[workload]
source = "../native/src/reproducer.c"
arguments = ["--iterations", "200"]
expectations = ["unexpected_results == 0"]
[workload.metrics]
iteration_ns = { unit = "ns", direction = "lower" }
[[environments]]
environment = "qemu"
smp = [1, 2]
memory_mib = 512
[[environments]]
environment = "native"
smp = [1]
`;

/** The small spec with one passage put in place of another, which must be there. */
export function breakSpec({ from, to }: { from: string; to: string }): string {
  if (!SMALL_SPEC.includes(from)) throw new Error(`the small spec does not have: ${from}`);
  return SMALL_SPEC.replace(from, () => to);
}

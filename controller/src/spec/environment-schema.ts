// SPDX-License-Identifier: Apache-2.0
/**
 * The keys of `[[environments]]`: where trials run, and how their machine is set up. The comment on
 * a key is its documentation.
 */
import {
  BOOT_PATHS,
  BOOT_TRIMS,
  CORE_CLASSES,
  ENVIRONMENT_REQUESTS,
  MACHINE_TYPES,
  SMP_METHODS,
} from '@labsweep/proto';
import { z } from 'zod';
import { parseCpuList } from './cpu-list.js';
import * as limits from './limits.js';
import * as names from './names.js';
import { parseScheduler } from './scheduler-policy.js';
import { integer, kernelReference, key, line, list, parsed, seconds } from './schema-parts.js';

export const environment = z.strictObject({
  /**
   * Where trials run: `native`, `qemu` (the host's canary decides), `qemu-kvm`, `qemu-tcg`,
   * `scripted`.
   */
  environment: key('environment = "qemu"', z.enum(ENVIRONMENT_REQUESTS)),
  /** CPU counts; each makes a row. */
  smp: key('smp = [1, 2, 4]', list(integer(1, limits.SMP_MAX), { min: 1 })),
  /** The guest's memory: one number, or a table by SMP count. Not for native. Default: 1024. */
  memory_mib: key(
    'memory_mib = 1024',
    z.union([
      integer(limits.MEMORY_MIB_MIN, limits.MEMORY_MIB_MAX),
      z.record(z.string(), integer(limits.MEMORY_MIB_MIN, limits.MEMORY_MIB_MAX)),
    ]),
  ).exactOptional(),
  /**
   * A native trial of a kernel that is not booted waits until its host boots it. Default: all
   * `host` kernels if native, all but those if QEMU, all if scripted.
   */
  kernels: key('kernels = ["v6.16", "v6.17"]', list(kernelReference, { min: 1 })).exactOptional(),
  /** Added to the guest's kernel command line. Not for native. Default: empty. */
  command_line: key(
    'command_line = "tsc=unstable"',
    line({ lengthMin: 0, lengthMax: limits.COMMAND_LINE_LENGTH_MAX }),
  ).exactOptional(),
  /** Longest a trial may take, boot included. Default: 300. */
  deadline_s: key('deadline_s = 300', seconds()).exactOptional(),
  /** What the plan counts for a trial. Default: 10 emulated, 6 by KVM or native, 1 scripted. */
  estimate_s: key('estimate_s = 10', seconds()).exactOptional(),
  /** The guest's machine type; `microvm` differs most from real machines. Default: q35. */
  machine: key('machine = "q35"', z.enum(MACHINE_TYPES)).exactOptional(),
  /** As QEMU names it, features included. Default: the host's by KVM, QEMU's own if emulated. */
  cpu_model: key(
    'cpu_model = "EPYC-v1"',
    z.string().regex(names.CPU_MODEL, 'expected a CPU model as QEMU names it, without blanks'),
  ).exactOptional(),
  /** NUMA nodes of the guest; its CPUs and its memory are divided evenly. Default: 1. */
  numa: key('numa = 2', integer(1, limits.NUMA_NODES_MAX)).exactOptional(),
  /** The guest's memory comes from huge pages that the host has reserved. Default: false. */
  huge_pages: key('huge_pages = true', z.boolean()).exactOptional(),
  /** All of the guest's memory is there before it starts. Default: false, true with huge pages. */
  preallocate: key('preallocate = true', z.boolean()).exactOptional(),
  /** A guest may have more CPUs than its host; its row is marked. Default: false. */
  overcommit: key('overcommit = true', z.boolean()).exactOptional(),
  /**
   * `fast`: unpacked kernel, small firmware, no crypto self-tests; `plain`: as a shell script boots
   * it. Both measure the same. Default: fast.
   */
  boot: key('boot = "plain"', z.enum(BOOT_PATHS)).exactOptional(),
  /** Shorter boots that may change what is measured; named on the row. Default: none. */
  trims: key(
    'trims = ["mitigations-off"]',
    list(z.enum(BOOT_TRIMS), { max: BOOT_TRIMS.length }),
  ).exactOptional(),
  /** Native: the CPUs to use. Default: the agent chooses. */
  cpus: key('cpus = "2-5"', parsed(parseCpuList)).exactOptional(),
  /** Native: `performance` or `efficiency` cores only. Default: any. */
  core_class: key('core_class = "performance"', z.enum(CORE_CLASSES)).exactOptional(),
  /**
   * Native: whether the other CPUs are taken `offline` or kept out by `affinity`; `auto` takes them
   * offline where the agent may. Default: auto.
   */
  smp_by: key('smp_by = "affinity"', z.enum(SMP_METHODS)).exactOptional(),
  /** Native: `other`, `batch`, `idle`, `fifo:<priority>` or `rr:<priority>`. Default: other. */
  scheduler: key('scheduler = "fifo:50"', parsed(parseScheduler)).exactOptional(),
  /** Native: memory and CPUs come from this node. Default: from any. */
  numa_node: key('numa_node = 0', integer(0, limits.NUMA_NODE_MAX)).exactOptional(),
  /** Native: rest before the program starts, so that what came before has died down. Default: 0. */
  settle_s: key('settle_s = 2', seconds(0, limits.SETTLE_S_MAX)).exactOptional(),
});

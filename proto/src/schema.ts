// SPDX-License-Identifier: Apache-2.0
/** Loads the .proto files, every loader option written out; the one door of proto-loader. */
import { fileURLToPath } from 'node:url';
import { loadPackageDefinition } from '@grpc/grpc-js';
import { loadSync, type Options } from '@grpc/proto-loader';
import type { ProtoGrpcType as AgentTypes } from './generated/agent.js';
import type { ProtoGrpcType as SweepTypes } from './generated/sweep.js';

/** The types under `generated/` are made with the same choices: see `scripts/build.mjs`. */
const OPTIONS: Options = {
  keepCase: false,
  longs: Number,
  enums: String,
  defaults: true,
  oneofs: true,
  includeDirs: [fileURLToPath(new URL('..', import.meta.url))],
};

const FILES = ['labsweep/v1/agent.proto', 'labsweep/v1/sweep.proto'];

const loaded = loadPackageDefinition(loadSync(FILES, OPTIONS)) as unknown as AgentTypes &
  SweepTypes;

/** Client constructors and service definitions of both services. */
export const { AgentService, SweepService } = loaded.labsweep.v1;

// SPDX-License-Identifier: Apache-2.0
/** A program: the server that the raw limit of gRPC is measured against. */
import { serveEcho } from './raw-stream.js';

serveEcho();

// SPDX-License-Identifier: Apache-2.0
/** Tells apart why the broker did not do what it was asked, with words for people. */
import { ErrorCode, type NatsError } from 'nats';
import { LabsweepError, messageOf } from '../errors.js';

export const BROKER_FAILURES = [
  /** Nothing answers: no server, no way to it, or a server whose JetStream went mute. */
  'away',
  /** A limit of storage was reached. */
  'full',
  /** The stream does not exist: deleted, or never made. */
  'no-stream',
  /** The entry was to follow a revision that is no longer the newest. */
  'overtaken',
  'other',
] as const;
export type BrokerFailure = (typeof BROKER_FAILURES)[number];

/**
 * Codes of JetStream. The status 503 is of no use: it is said of full stores and of missing
 * streams.
 */
const FAILURE_OF_CODE: Readonly<Record<number, BrokerFailure>> = {
  10023: 'full',
  10047: 'full',
  10077: 'full',
  10059: 'no-stream',
  10071: 'overtaken',
};

/** Of the client: the request was lost, or was never sent. */
const AWAY_CODES: readonly string[] = [
  ErrorCode.Timeout,
  ErrorCode.ConnectionClosed,
  ErrorCode.ConnectionDraining,
  ErrorCode.ConnectionRefused,
  ErrorCode.ConnectionTimeout,
  ErrorCode.Disconnect,
  ErrorCode.JetStreamNotEnabled,
];

export function brokerFailureOf(error: unknown): BrokerFailure {
  // Ours tell more, and carry what the client failed with.
  if (error instanceof LabsweepError && error.cause !== undefined) {
    return brokerFailureOf(error.cause);
  }
  const { code, api_error: api } = error as Partial<NatsError>;
  if (api !== undefined) return FAILURE_OF_CODE[api.err_code ?? 0] ?? 'other';
  // A publish that no stream takes.
  if (code === ErrorCode.NoResponders) return 'no-stream';
  return code !== undefined && AWAY_CODES.includes(code) ? 'away' : 'other';
}

/** What is the matter and what would mend it, in a clause. */
export function explainBrokerFailure(error: unknown): string {
  switch (brokerFailureOf(error)) {
    case 'away':
      return 'nats-server does not answer; is it running? One whose disk was full stays mute until it is restarted';
    case 'full':
      return `the store of nats-server is full (${describe(error)}); give it room, or raise its limit and restart it`;
    case 'no-stream':
      return 'the stream does not exist';
    case 'overtaken':
      return 'another one was faster';
    case 'other':
      return describe(error);
  }
}

function describe(error: unknown): string {
  const api = (error as Partial<NatsError>).api_error;
  return api === undefined ? messageOf(error) : `${api.description}, code ${api.err_code}`;
}

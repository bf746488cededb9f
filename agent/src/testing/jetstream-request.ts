// SPDX-License-Identifier: Apache-2.0
/**
 * Asks a nats-server for what no program of ours asks, as to lose something; for tests, also those
 * across packages.
 */
import { strict as assert } from 'node:assert';
import { once } from 'node:events';
import { connect } from 'node:net';

const REPLY = '_INBOX.test';

/**
 * The answer to a request of the JetStream API, such as `STREAM.DELETE.NAME`; fails when it is an
 * error.
 */
export function jetstreamRequest<Answer = Record<string, unknown>>(
  url: string,
  api: string,
  body: object = {},
): Promise<Answer> {
  return natsRequest(url, `$JS.API.${api}`, JSON.stringify(body));
}

/** The answer to what is published; a stream that takes it answers, too. */
export async function natsRequest<Answer = Record<string, unknown>>(
  url: string,
  subject: string,
  payload: string,
): Promise<Answer> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname).setEncoding('utf8');
  socket.write(`CONNECT {"verbose":false}\r\nSUB ${REPLY} 1\r\n`);
  socket.write(`PUB ${subject} ${REPLY} ${Buffer.byteLength(payload)}\r\n${payload}\r\n`);
  try {
    for (let text = ''; ; ) {
      text += (await once(socket, 'data'))[0];
      const answer = /^MSG .*\r\n(\{.*\})\r\n/m.exec(text)?.[1];
      if (answer === undefined) continue;
      const read = JSON.parse(answer);
      assert.equal(read.error, undefined, subject);
      return read;
    }
  } finally {
    socket.destroy();
  }
}

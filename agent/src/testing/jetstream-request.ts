// SPDX-License-Identifier: Apache-2.0
/** Asks JetStream of a nats-server for what no program of ours asks: to lose something. */
import { strict as assert } from 'node:assert';
import { once } from 'node:events';
import { connect } from 'node:net';

const REPLY = '_INBOX.test';

/** The answer to a request of the JetStream API; fails when it is an error. */
export async function jetstreamRequest(url: string, what: string, body: object) {
  return natsRequest(url, `$JS.API.${what}`, JSON.stringify(body));
}

/** The answer to what is published; a stream that takes it answers, too. */
export async function natsRequest(
  url: string,
  subject: string,
  payload: string,
): Promise<Record<string, unknown>> {
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

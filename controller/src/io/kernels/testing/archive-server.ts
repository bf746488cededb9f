// SPDX-License-Identifier: Apache-2.0
/**
 * For tests: serves a small archive on the loopback, and breaks off where it is told to. It knows
 * ranges but sends no Last-Modified, as a cache in between does: the case that apt alone cannot
 * resume in.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ServedRequest {
  readonly method: string;
  readonly path: string;
  readonly range: string | undefined;
  /** Body bytes that were handed to the connection. */
  sentBytes: number;
}

/**
 * How the next GET of a path ends early: after so many bytes the connection is closed, or stalls.
 */
export interface Break {
  readonly afterBytes: number;
  readonly ending: 'close' | 'stall';
}

/** Time for the bytes before a break to arrive. */
const CLOSE_DELAY_MS = 100;

export class ArchiveServer {
  readonly requests: ServedRequest[] = [];
  readonly breaks = new Map<string, Break>();
  /** Stays as it was when the server is closed. */
  readonly address: string;

  private constructor(
    private readonly server: Server,
    private readonly files: ReadonlyMap<string, Uint8Array>,
  ) {
    this.address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('request', (request, response) => this.answer(request, response));
  }

  static async start(files: ReadonlyMap<string, Uint8Array>): Promise<ArchiveServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new ArchiveServer(server, files);
  }

  /** The requests with a body for packages, in the order of their arrival. */
  get downloads(): readonly ServedRequest[] {
    return this.requests.filter(({ method, path }) => method === 'GET' && path.endsWith('.deb'));
  }

  async close(): Promise<void> {
    if (!this.server.listening) return;
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const path = decodeURIComponent(request.url ?? '').slice(1);
    const { method = '' } = request;
    const served = { method, path, range: request.headers.range, sentBytes: 0 };
    this.requests.push(served);
    const content = this.files.get(path);
    if (content === undefined) {
      response.writeHead(404).end();
      return;
    }
    const fromByte = startOf(request);
    const rest = Buffer.from(content).subarray(fromByte);
    const headers = { 'Content-Length': rest.length };
    const range = `bytes ${fromByte}-${content.length - 1}/${content.length}`;
    if (fromByte > 0 && rest.length === 0) {
      response.writeHead(416, { 'Content-Range': `bytes */${content.length}` }).end();
      return;
    }
    response.writeHead(
      fromByte > 0 ? 206 : 200,
      fromByte > 0 ? { ...headers, 'Content-Range': range } : headers,
    );
    if (method === 'GET') this.send(response, rest, served);
    else response.end();
  }

  private send(response: ServerResponse, rest: Buffer, served: ServedRequest): void {
    const broken = this.breaks.get(served.path);
    this.breaks.delete(served.path);
    const part = rest.subarray(0, broken?.afterBytes);
    served.sentBytes = part.length;
    if (broken === undefined) response.end(part);
    else response.write(part);
    if (broken?.ending === 'close') setTimeout(() => response.destroy(), CLOSE_DELAY_MS);
  }
}

/** Without a validator of its own the server can never confirm the client's: it sends the whole. */
function startOf(request: IncomingMessage): number {
  const match = /^bytes=(\d+)-/.exec(request.headers.range ?? '');
  return match && request.headers['if-range'] === undefined ? Number(match[1]) : 0;
}

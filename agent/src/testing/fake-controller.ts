// SPDX-License-Identifier: Apache-2.0
/** A controller for tests of agents: real gRPC, and it says only what the test tells it to. */
import { Server, ServerCredentials, status } from '@grpc/grpc-js';
import {
  type Address,
  type AgentHello,
  type AgentMessage,
  AgentService,
  type AgentServiceHandlers,
  type ControllerMessage,
  readAgentMessage,
  writeControllerMessage,
} from '@labsweep/proto';

type Stream = Parameters<AgentServiceHandlers['Attach']>[0];

export class FakeController {
  readonly messages: { readonly message: AgentMessage; readonly atMs: number }[] = [];
  term = 1;
  reign = 'one';
  folded: readonly string[] = [];
  natsUrl = 'nats://127.0.0.1:1';
  /** Not empty: every call is refused with it, as a controller does that stands by. */
  standby = '';
  /** Answers the hello in place of a welcome. */
  refusal = '';
  private stream: Stream | undefined;
  private server = new Server();

  private constructor(readonly address: Address) {}

  static async start(port: number): Promise<FakeController> {
    const controller = new FakeController({ host: '127.0.0.1', port });
    await controller.listen();
    return controller;
  }

  get hellos(): AgentHello[] {
    return this.of('hello').map(({ hello }) => hello);
  }

  of<Kind extends AgentMessage['kind']>(kind: Kind) {
    return this.messages
      .map(({ message }) => message)
      .filter((message): message is Extract<AgentMessage, { kind: Kind }> => message.kind === kind);
  }

  send(message: ControllerMessage): void {
    this.stream?.write(writeControllerMessage(message) as never);
  }

  /** Gone without a word, as after a kill. */
  stop(): void {
    this.server.forceShutdown();
  }

  async listen(): Promise<void> {
    this.server = new Server();
    this.server.addService(AgentService.service, { Attach: (stream: Stream) => this.take(stream) });
    const { host, port } = this.address;
    await new Promise<void>((resolve, reject) => {
      this.server.bindAsync(`${host}:${port}`, ServerCredentials.createInsecure(), (error) =>
        error === null ? resolve() : reject(error),
      );
    });
  }

  private take(stream: Stream): void {
    if (this.standby !== '') {
      const error = Object.assign(new Error(this.standby), { code: status.UNAVAILABLE });
      stream.emit('error', Object.assign(error, { details: this.standby }));
      return;
    }
    stream.on('data', (wire: unknown) => {
      const message = readAgentMessage(wire);
      this.messages.push({ message, atMs: performance.now() });
      if (message.kind !== 'hello') return;
      this.stream = stream;
      if (this.refusal !== '') this.send({ kind: 'refused', reason: this.refusal });
      else {
        const { natsUrl, term, reign, folded } = this;
        this.send({ kind: 'welcome', natsUrl, aliveIntervalMs: 100, term, reign, folded });
      }
    });
    stream.on('end', () => stream.end());
    stream.on('error', () => {});
  }
}

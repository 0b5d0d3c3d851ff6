import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Returns two ends of a real local socket. */
export async function socketPair(): Promise<readonly [Socket, Socket]> {
	const name = `assay-test-${randomBytes(6).toString('hex')}`;
	const address = process.platform === 'win32' ? `\\\\.\\pipe\\${name}` : join(tmpdir(), `${name}.sock`);
	const server = createServer().listen(address);
	await once(server, 'listening');
	const near = connect(address);
	const [far] = (await once(server, 'connection')) as [Socket];
	server.close();
	return [near, far];
}

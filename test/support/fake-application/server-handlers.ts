import type { Implementer } from '../../../electron/api/implementer.ts';
import type { ServerKey, ServerStatus } from '../../../electron/contract/server/schema.ts';
import { Failure } from '../../../models/contract/failure.ts';
import type { FakeApplication } from './fake-application.ts';
import { unscripted } from './unscripted.ts';

/** A server that listens nowhere. */
export function serverHandlers(fake: FakeApplication, os: Implementer) {
	let status: ServerStatus = { state: 'off' };
	const keys: ServerKey[] = [];
	function become(next: ServerStatus): ServerStatus {
		status = next;
		const port = next.state === 'on' ? { serverPort: next.port } : {};
		fake.data.settings = { ...fake.data.settings, serverOn: next.state === 'on', ...port };
		fake.emit({ type: 'settings-changed' });
		return status;
	}
	function add(name: string, scopes: ServerKey['scopes']): { key: ServerKey; secret: string } {
		const key: ServerKey = {
			id: keys.length + 1,
			name,
			beginning: 'sk-assay-7Qd2',
			scopes,
			createdAt: Date.now(),
			lastUsedAt: null,
			revokedAt: null,
			limits: { perMinute: null, atOnce: null },
		};
		keys.unshift(key);
		return { key, secret: 'sk-assay-7Qd2mWq0h3kTz1yXc8RvN5bLp4uJf6sEa9gDoKiHtYs' };
	}
	function mark(id: number, revokedAt: number | null): ServerKey {
		const at = keys.findIndex((key) => key.id === id);
		const key = keys[at];
		if (key === undefined) {
			throw new Failure({ code: 'server-key-unknown', message: 'There is no such key.', next: [] });
		}
		const marked = { ...key, revokedAt };
		keys[at] = marked;
		return marked;
	}
	return {
		status: os.server.status.handler(() => status),
		start: os.server.start.handler(({ input }) => {
			const { port = 4891 } = input;
			const key = keys.length === 0 ? add('First key', ['inference']).secret : null;
			return { status: become({ state: 'on', url: `http://127.0.0.1:${port}/v1`, port, active: 0, answered: 0 }), key };
		}),
		stop: os.server.stop.handler(() => become({ state: 'off' })),
		keys: os.server.keys.handler(() => ({ keys })),
		addKey: os.server.addKey.handler(({ input }) => add(input.name, input.scopes)),
		restoreKey: os.server.restoreKey.handler(({ input }) => mark(input.id, null)),
		revokeKey: os.server.revokeKey.handler(({ input }) => mark(input.id, Date.now())),
		liveRequests: os.server.liveRequests.handler(() => ({ requests: [] })),
		requests: os.server.requests.handler(() => ({ requests: [], total: 0 })),
		requestFigures: os.server.requestFigures.handler(unscripted),
		keyUsage: os.server.keyUsage.handler(() => ({ keys: [] })),
		request: os.server.request.handler(unscripted),
		deleteRequests: os.server.deleteRequests.handler(unscripted),
		restoreRequests: os.server.restoreRequests.handler(unscripted),
		emptyRequestTrash: os.server.emptyRequestTrash.handler(unscripted),
		deleteBodies: os.server.deleteBodies.handler(unscripted),
		replayRequest: os.server.replayRequest.handler(unscripted),
		addRequestsToDataset: os.server.addRequestsToDataset.handler(unscripted),
		setKeyLimits: os.server.setKeyLimits.handler(unscripted),
	};
}

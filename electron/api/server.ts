import type { ModelServer } from '../server/server.ts';
import type { Implementer } from './implementer.ts';
import { type RequestContext, requestHandlers } from './server-requests.ts';

export function serverHandlers(os: Implementer, server: ModelServer, application: RequestContext) {
	return {
		...requestHandlers(os, server, application),
		status: os.server.status.handler(() => server.status()),
		start: os.server.start.handler(({ input }) => server.start(input.port)),
		stop: os.server.stop.handler(() => server.stop()),
		keys: os.server.keys.handler(() => ({ keys: server.keys() })),
		addKey: os.server.addKey.handler(({ input }) => server.addKey(input.name, input.scopes)),
		restoreKey: os.server.restoreKey.handler(({ input }) => server.restoreKey(input.id)),
		revokeKey: os.server.revokeKey.handler(({ input }) => server.revokeKey(input.id)),
	};
}

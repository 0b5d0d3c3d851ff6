import type { Reader } from '../database/reader.ts';
import type { Datasets } from '../dataset/datasets.ts';
import { addRequestsToDataset } from '../server/log/add-to-dataset.ts';
import { keyUsage, listRequests, openRequest, requestFigures } from '../server/log/history.ts';
import { type KeepContext, replayRequest } from '../server/log/save-as-conversation.ts';
import type { ModelServer } from '../server/server.ts';
import type { Implementer } from './implementer.ts';

/** What the calls about requests of other programs need besides the server. */
export interface RequestContext extends Omit<KeepContext, 'requests'> {
	readonly reader: Reader;
	readonly datasets: Datasets;
}

export function requestHandlers(os: Implementer, server: ModelServer, application: RequestContext) {
	const { requests } = server;
	const context = { ...application, requests };
	return {
		liveRequests: os.server.liveRequests.handler(() => ({ requests: requests.live() })),
		requests: os.server.requests.handler(({ input, signal }) => listRequests(context, input, signal)),
		requestFigures: os.server.requestFigures.handler(({ input, signal }) =>
			requestFigures(context, input.filter, signal),
		),
		keyUsage: os.server.keyUsage.handler(async ({ input, signal }) => ({
			keys: await keyUsage(context, input, signal),
		})),
		request: os.server.request.handler(({ input }) => openRequest(context, input.id)),
		deleteRequests: os.server.deleteRequests.handler(({ input }) => requests.trash(input.ids, input.filter)),
		restoreRequests: os.server.restoreRequests.handler(({ input }) => ({
			restored: requests.restore(input.deletedAt),
		})),
		emptyRequestTrash: os.server.emptyRequestTrash.handler(async () => ({ deleted: await requests.emptyTrash() })),
		deleteBodies: os.server.deleteBodies.handler(async ({ input }) => ({
			deleted: await requests.deleteBodies(input.ids),
		})),
		replayRequest: os.server.replayRequest.handler(({ input }) => replayRequest(context, input.id)),
		addRequestsToDataset: os.server.addRequestsToDataset.handler(({ input }) => addRequestsToDataset(context, input)),
		setKeyLimits: os.server.setKeyLimits.handler(({ input }) => server.setKeyLimits(input.id, input.limits)),
	};
}
